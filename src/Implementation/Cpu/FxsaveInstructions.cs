using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>FXSAVE and FXRSTOR, with and without REX.W: in 64-bit mode both move all sixteen XMM registers, else eight.</summary>
/// <remarks>They differ in the width of two addresses that <see cref="Fpu"/> does not follow.</remarks>
internal static unsafe class FxsaveInstructions
{
    private const int Chunk = 16;

    /// <summary>The image up to XMM15, and up to XMM7: there are no others outside 64-bit mode.</summary>
    private const int LongBytes = 416, LegacyBytes = 288;

    public static void Register(InstructionTable table)
    {
        foreach (Mnemonic save in (Mnemonic[])[Mnemonic.Fxsave, Mnemonic.Fxsave64])
            table.Add(save, t => t.Emit(Choose.Memory<Saved>(t)), Traits.None);
        foreach (Mnemonic load in (Mnemonic[])[Mnemonic.Fxrstor, Mnemonic.Fxrstor64])
            table.Add(load, t => t.Emit(Choose.Memory<Loaded>(t)), Traits.None);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Save<TAddressing>(CpuState* c, Uop* u) where TAddressing : IAddressing
    {
        if (!Allows<TAddressing>(c, u, AccessKind.Write)) return Flow.Fault(c, u);
        if (!TrySave(c, TAddressing.Linear(c, u), u->Segment)) return Flow.Fault(c, u);
        if (c->CodeChanged) return Flow.Leave(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Load<TAddressing>(CpuState* c, Uop* u) where TAddressing : IAddressing
    {
        if (!Allows<TAddressing>(c, u, AccessKind.Read)) return Flow.Fault(c, u);
        if (!TryLoad(c, TAddressing.Linear(c, u), u->Segment)) return Flow.Fault(c, u);
        return u[1].Run(c, u + 1);
    }

    /// <summary>Where the instruction may run at all, its segment must hold the whole image.</summary>
    private static bool Allows<TAddressing>(CpuState* c, Uop* u, AccessKind access) where TAddressing : IAddressing =>
        !Sse.IsX87Usable(c) || TAddressing.Allows(c, u, FpuImage.Size, access);

    /// <summary>What FXSAVE writes of its image; the rest is reserved or software's.</summary>
    private static int SavedBytes(CpuState* c) => (c->Mode & CodeMode.Code64) != 0 ? LongBytes : LegacyBytes;

    // The images live in frames of their own: a handler that takes the address of a local cannot end in a jump.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TrySave(CpuState* c, ulong linear, byte segment)
    {
        if (!IsAccessible(c, linear, AccessKind.Write, segment)) return false;

        byte* image = stackalloc byte[FpuImage.Size];
        FpuImage.Save(c, new(image, FpuImage.Size));
        for (int offset = 0; offset < SavedBytes(c); offset += Chunk)
        {
            Vector128<byte>* dest = MemoryAccess.Modify<Vector128<byte>>(c, (linear + (ulong)offset) & c->LinearMask, segment);
            *dest = Vector128.Load(image + offset);
            if (MemoryAccess.IsStaged(c, dest)) MemoryAccess.CommitStaged(c);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryLoad(CpuState* c, ulong linear, byte segment)
    {
        if (!IsAccessible(c, linear, AccessKind.Read, segment)) return false;

        byte* image = stackalloc byte[FpuImage.Size];
        for (int offset = 0; offset < FpuImage.Size; offset += Chunk)
            MemoryAccess.Read<Vector128<byte>>(c, (linear + (ulong)offset) & c->LinearMask, segment)->Store(image + offset);
        for (int offset = SavedBytes(c); offset < LongBytes; offset += Chunk)
            Vector128.Load(c->Xmm + 128 + offset - LegacyBytes).Store(image + offset);

        if (!FpuImage.IsAcceptable(new(image, FpuImage.Size)))
        {
            Flow.Record(c, Vector.GP, 0);
            return false;
        }

        FpuImage.Load(c, new(image, FpuImage.Size));
        return true;
    }

    /// <summary>#NM, then alignment, then the pages (SDM Vol. 2A, "FXSAVE").</summary>
    private static bool IsAccessible(CpuState* c, ulong linear, AccessKind access, byte segment)
    {
        if (!Sse.IsX87Usable(c))
        {
            Flow.Record(c, Vector.NM, 0);
            return false;
        }

        if (linear % Chunk != 0)
        {
            bool isCanonical = PageWalk.IsCanonical(linear);
            // Of the two faults for an image that is not aligned a processor has its choice: #AC where it is not even aligned to words of four bytes.
            if (isCanonical && !AccessGuard.Admits(c, linear, sizeof(uint), access)) return false;
            Flow.Record(c, segment == CpuState.SsBase && !isCanonical ? Vector.SS : Vector.GP, 0);
            return false;
        }

        return MemoryAccess.Probe(c, linear, FpuImage.Size, access, segment);
    }

    private readonly struct Saved : IAddressingChooser
    {
        public static Handler For<TAddressing>(Translator t) where TAddressing : IAddressing => new(&Save<TAddressing>);
    }

    private readonly struct Loaded : IAddressingChooser
    {
        public static Handler For<TAddressing>(Translator t) where TAddressing : IAddressing => new(&Load<TAddressing>);
    }
}
