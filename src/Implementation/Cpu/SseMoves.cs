using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>A whole register from a register or memory.</summary>
internal readonly struct MoveAll : IVectorOperation<Xmm>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control) => src;
}

/// <summary>The lowest element, zero above it: MOVD, MOVQ, and loads by MOVSS and MOVSD.</summary>
internal readonly struct MoveZeroExtended<T> : IVectorOperation<T> where T : unmanaged
{
    public static Xmm Compute(Xmm dest, T src, Control control) => Vector128.CreateScalar(src).AsByte();
}

/// <summary>The lowest element, the others kept: MOVSS and MOVSD between registers, MOVLPS, MOVLPD, MOVHLPS.</summary>
internal readonly struct MoveLowest<T> : IVectorOperation<T> where T : unmanaged
{
    public static Xmm Compute(Xmm dest, T src, Control control) => dest.As<byte, T>().WithElement(0, src).AsByte();
}

/// <summary>The upper half, the lower kept: MOVHPS, MOVHPD, MOVLHPS.</summary>
internal readonly struct MoveUpperHalf : IVectorOperation<ulong>
{
    public static Xmm Compute(Xmm dest, ulong src, Control control) => dest.AsUInt64().WithElement(1, src).AsByte();
}

/// <summary>Moves between XMM registers, general registers and memory (SDM Vol. 1, 10.4.1.1 and 11.4.1).</summary>
internal static unsafe class SseMoves
{
    private const byte UpperHalf = 8;

    public static void Register(InstructionTable table)
    {
        ReadOnlySpan<Mnemonic> aligned =
            [Mnemonic.Movaps, Mnemonic.Movapd, Mnemonic.Movdqa, Mnemonic.Movntps, Mnemonic.Movntpd, Mnemonic.Movntdq];
        ReadOnlySpan<Mnemonic> unaligned = [Mnemonic.Movups, Mnemonic.Movupd, Mnemonic.Movdqu, Mnemonic.Lddqu];
        foreach (Mnemonic mnemonic in aligned) table.Add(mnemonic, Whole<Aligned>, Traits.None);
        foreach (Mnemonic mnemonic in unaligned) table.Add(mnemonic, Whole<Unaligned>, Traits.None);

        table.Add(Mnemonic.Movss, Scalar<uint>, Traits.None);
        SseForms.AddBeside(table, Mnemonic.Movsd, Scalar<ulong>);
        table.Add(Mnemonic.Movd, General<uint>, Traits.None);
        table.Add(Mnemonic.Movq, General<ulong>, Traits.None);
        table.Add(Mnemonic.Movlps, Lower, Traits.None);
        table.Add(Mnemonic.Movlpd, Lower, Traits.None);
        table.Add(Mnemonic.Movhps, Upper, Traits.None);
        table.Add(Mnemonic.Movhpd, Upper, Traits.None);
        table.Add(Mnemonic.Movhlps, LowerFromUpper, Traits.None);
        SseForms.Add<MoveUpperHalf, ulong>(table, Mnemonic.Movlhps);
        table.Add(Mnemonic.Maskmovdqu, MaskedStore, Traits.None);
    }

    private static void Whole<TAlignment>(Translator t) where TAlignment : IAlignment
    {
        if (t.Instruction.Op0Kind == OpKind.Memory) SseForms.Store<Xmm>(t, TAlignment.Required);
        else SseForms.Build<MoveAll, Xmm, TAlignment>(t);
    }

    private static void Scalar<T>(Translator t) where T : unmanaged
    {
        if (t.Instruction.Op0Kind == OpKind.Memory) SseForms.Store<T>(t, aligned: false);
        else if (t.Instruction.Op1Kind == OpKind.Memory) SseForms.Build<MoveZeroExtended<T>, T, Unaligned>(t);
        else SseForms.Build<MoveLowest<T>, T, Unaligned>(t);
    }

    private static void General<T>(Translator t) where T : unmanaged
    {
        ref readonly Instruction i = ref t.Instruction;
        if (SseForms.HasMmxOperand(i)) t.EmitUnimplemented();
        else if (i.Op0Kind == OpKind.Register && i.Op0Register.IsXMM()) SseForms.Build<MoveZeroExtended<T>, T, Unaligned>(t);
        else SseForms.Store<T>(t, aligned: false);
    }

    private static void Lower(Translator t)
    {
        if (t.Instruction.Op0Kind == OpKind.Memory) SseForms.Store<ulong>(t, aligned: false);
        else SseForms.Build<MoveLowest<ulong>, ulong, Unaligned>(t);
    }

    private static void Upper(Translator t)
    {
        if (t.Instruction.Op0Kind == OpKind.Memory) SseForms.Store<ulong>(t, aligned: false, UpperHalf);
        else SseForms.Build<MoveUpperHalf, ulong, Unaligned>(t);
    }

    private static void LowerFromUpper(Translator t)
    {
        Uop* u = t.U;
        SseForms.Build<MoveLowest<ulong>, ulong, Unaligned>(t);
        u->Src += UpperHalf;
    }

    private static void MaskedStore(Translator t)
    {
        ref readonly Instruction i = ref t.Instruction;
        t.U->Dst = SseForms.XmmOffset(i.Op1Register);
        t.U->Src = SseForms.XmmOffset(i.Op2Register);
        t.U->Base = CpuState.Offset(Gpr.Rdi);
        t.U->Segment = t.Segment();
        t.Emit((i.Op0Kind, t.Is64Bit) switch
        {
            (OpKind.MemorySegEDI, true) => new(&ExecuteMaskedStore<Narrow>),
            (_, true) => new(&ExecuteMaskedStore<Based>),
            (OpKind.MemorySegEDI, _) => new(&ExecuteMaskedStore<Segmented<uint>>),
            _ => new(&ExecuteMaskedStore<Segmented<ushort>>),
        });
    }

    /// <summary>MASKMOVDQU: the bytes whose mask byte has its top bit set. Faults are those of a store of all 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteMaskedStore<TAddressing>(CpuState* c, Uop* u) where TAddressing : IAddressing
    {
        if (!Sse.IsUsable(c)) return Sse.RaiseUnusable(c, u);
        Xmm* dest = Mem<TAddressing>.Modify<Xmm>(c, u);
        if (dest == null) return Flow.Fault(c, u);

        Xmm mask = Vector128.ShiftRightArithmetic(XmmSrc.Read<Vector128<sbyte>>(c, u)[0], 7).AsByte();
        *dest = Vector128.ConditionalSelect(mask, *XmmDst.Read<Xmm>(c, u), *dest);
        if (MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }
}
