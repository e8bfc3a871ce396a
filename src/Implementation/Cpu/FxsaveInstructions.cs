using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>FXSAVE and FXRSTOR, with and without REX.W: in 64-bit mode both move all sixteen XMM registers.</summary>
/// <remarks>They differ in the width of two addresses that <see cref="Fpu"/> does not follow.</remarks>
internal static unsafe class FxsaveInstructions
{
    private const int Chunk = 16;

    /// <summary>What FXSAVE writes of its image; the rest is reserved or software's.</summary>
    private const int SavedBytes = 416;

    public static void Register(InstructionTable table)
    {
        foreach (Mnemonic save in (Mnemonic[])[Mnemonic.Fxsave, Mnemonic.Fxsave64])
            table.Add(save, t => t.Emit(Addressed<Saved>(t)), Traits.None);
        foreach (Mnemonic load in (Mnemonic[])[Mnemonic.Fxrstor, Mnemonic.Fxrstor64])
            table.Add(load, t => t.Emit(Addressed<Loaded>(t)), Traits.None);
    }

    private static Handler Addressed<TChooser>(Translator t) where TChooser : IAddressingChooser
    {
        t.Memory();
        return t.Addressing switch
        {
            Addressing.Flat => TChooser.For<Flat>(),
            Addressing.Based => TChooser.For<Based>(),
            _ => TChooser.For<Narrow>(),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Save<TAddressing>(CpuState* c, Uop* u) where TAddressing : IAddressing
    {
        if (!TrySave(c, TAddressing.Linear(c, u), u->Segment)) return Flow.Fault(c, u);
        if (c->CodeChanged) return Flow.Leave(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Load<TAddressing>(CpuState* c, Uop* u) where TAddressing : IAddressing
    {
        if (!TryLoad(c, TAddressing.Linear(c, u), u->Segment)) return Flow.Fault(c, u);
        return u[1].Run(c, u + 1);
    }

    // The images live in frames of their own: a handler that takes the address of a local cannot end in a jump.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TrySave(CpuState* c, ulong linear, byte segment)
    {
        if (!IsAccessible(c, linear, AccessKind.Write, segment)) return false;

        byte* image = stackalloc byte[FpuImage.Size];
        FpuImage.Save(c, new(image, FpuImage.Size));
        for (int offset = 0; offset < SavedBytes; offset += Chunk)
        {
            Vector128<byte>* dest = MemoryAccess.Modify<Vector128<byte>>(c, linear + (ulong)offset, segment);
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
            MemoryAccess.Read<Vector128<byte>>(c, linear + (ulong)offset, segment)->Store(image + offset);

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
            bool outside = segment == CpuState.SsBase && !PageWalk.IsCanonical(linear);
            Flow.Record(c, outside ? Vector.SS : Vector.GP, 0);
            return false;
        }

        return MemoryAccess.Probe(c, linear, FpuImage.Size, access, segment);
    }

    private interface IAddressingChooser
    {
        static abstract Handler For<TAddressing>() where TAddressing : IAddressing;
    }

    private readonly struct Saved : IAddressingChooser
    {
        public static Handler For<TAddressing>() where TAddressing : IAddressing => new(&Save<TAddressing>);
    }

    private readonly struct Loaded : IAddressingChooser
    {
        public static Handler For<TAddressing>() where TAddressing : IAddressing => new(&Load<TAddressing>);
    }
}
