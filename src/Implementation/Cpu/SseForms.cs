using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>Builds and runs the shape most SSE instructions have: XMM register ← operation of it and a register or memory source.</summary>
internal static unsafe class SseForms
{
    /// <summary>A 128-bit source that must be aligned in memory.</summary>
    public static void Add<TOp>(InstructionTable table, Mnemonic mnemonic) where TOp : IVectorOperation<Xmm> =>
        table.Add(mnemonic, Build<TOp, Xmm, Aligned>, Traits.None);

    /// <summary>A source of <typeparamref name="T"/>, anywhere in memory.</summary>
    public static void Add<TOp, T>(InstructionTable table, Mnemonic mnemonic)
        where TOp : IVectorOperation<T> where T : unmanaged =>
        table.Add(mnemonic, Build<TOp, T, Unaligned>, Traits.None);

    /// <summary>The same two for floating-point numbers.</summary>
    public static void AddFloat<TOp>(InstructionTable table, Mnemonic mnemonic) where TOp : IFloatVectorOperation<Xmm> =>
        table.Add(mnemonic, BuildFloat<TOp, Xmm, Aligned>, Traits.None);

    public static void AddFloat<TOp, T>(InstructionTable table, Mnemonic mnemonic)
        where TOp : IFloatVectorOperation<T> where T : unmanaged =>
        table.Add(mnemonic, BuildFloat<TOp, T, Unaligned>, Traits.None);

    /// <summary>A mnemonic that a string instruction has too: MOVSD, CMPSD.</summary>
    public static void AddBeside(InstructionTable table, Mnemonic mnemonic, Action<Translator> build)
    {
        Action<Translator> other = table[mnemonic] ?? (t => t.EmitUnimplemented());
        table.Add(mnemonic, t => (HasXmmOperand(t.Instruction) ? build : other)(t), table.TraitsOf(mnemonic) & ~Traits.Pure);
    }

    public static void Build<TOp, T, TAlignment>(Translator t)
        where TOp : IVectorOperation<T> where T : unmanaged where TAlignment : IAlignment =>
        Emit<Chooser<TOp, T>>(t, TAlignment.Required);

    public static void BuildFloat<TOp, T, TAlignment>(Translator t)
        where TOp : IFloatVectorOperation<T> where T : unmanaged where TAlignment : IAlignment =>
        Emit<FloatChooser<TOp, T>>(t, TAlignment.Required);

    /// <summary>A general register computed from an XMM register or memory.</summary>
    public static void ToGeneral<TOp, T, TResult>(Translator t)
        where TOp : IGeneralOperation<T, TResult> where T : unmanaged where TResult : unmanaged =>
        Emit<GeneralChooser<TOp, T, TResult>>(t, aligned: false);

    public static void FloatToGeneral<TOp, T, TResult>(Translator t)
        where TOp : IFloatGeneralOperation<T, TResult> where T : unmanaged where TResult : unmanaged =>
        Emit<FloatGeneralChooser<TOp, T, TResult>>(t, aligned: false);

    private static void Emit<TChooser>(Translator t, bool aligned) where TChooser : IOperandChooser
    {
        if (HasMmxOperand(t.Instruction))
        {
            t.EmitUnimplemented();
            return;
        }

        Register dest = t.Instruction.Op0Register;
        t.U->Dst = dest.IsXMM() ? XmmOffset(dest) : Translator.Offset(dest);
        Immediate(t);
        t.Emit(Source<TChooser>(t, 1, aligned));
    }

    /// <summary>The lowest element of an XMM register (or of its upper half) to memory or a general register.</summary>
    /// <param name="part">0, or 8 for the upper half</param>
    public static void Store<T>(Translator t, bool aligned, byte part = 0) where T : unmanaged
    {
        ref readonly Instruction i = ref t.Instruction;
        t.U->Src = (byte)(XmmOffset(i.Op1Register) + part);
        if (i.Op0Kind == OpKind.Register)
        {
            t.U->Dst = Translator.Offset(i.Op0Register);
            t.Emit(StoreChooser<T>.For<Dst>());
        }
        else
        {
            t.Emit(Memory<StoreChooser<T>>(t, aligned));
        }
    }

    private static bool HasXmmOperand(in Instruction instruction) =>
        (instruction.Op0Kind == OpKind.Register && instruction.Op0Register.IsXMM())
        || (instruction.Op1Kind == OpKind.Register && instruction.Op1Register.IsXMM());

    /// <summary>MMX shares its mnemonics with SSE2; the registers of x87 under their MMX names are not implemented.</summary>
    public static bool HasMmxOperand(in Instruction instruction)
    {
        for (int k = 0; k < instruction.OpCount; k++)
        {
            if (instruction.GetOpKind(k) == OpKind.Register && instruction.GetOpRegister(k).IsMM()) return true;
        }

        return false;
    }

    private static void Immediate(Translator t)
    {
        ref readonly Instruction i = ref t.Instruction;
        if (i.GetOpKind(i.OpCount - 1) == OpKind.Immediate8) t.U->Imm = i.Immediate8;
    }

    /// <summary>Fills the fields of an XMM or memory source and takes its handler.</summary>
    public static Handler Source<TChooser>(Translator t, int operand, bool aligned) where TChooser : IOperandChooser
    {
        ref readonly Instruction i = ref t.Instruction;
        switch (i.GetOpKind(operand))
        {
            case OpKind.Register:
                Register register = i.GetOpRegister(operand);
                t.U->Src = register.IsXMM() ? XmmOffset(register) : Translator.Offset(register);
                return register.IsXMM() ? TChooser.For<XmmSrc>() : TChooser.For<Src>();
            case OpKind.Immediate8:
                return TChooser.For<Imm>();
            default:
                return Memory<TChooser>(t, aligned);
        }
    }

    public static Handler Memory<TChooser>(Translator t, bool aligned) where TChooser : IOperandChooser =>
        aligned ? Choose.Memory<AlignedChooser<TChooser>>(t) : Choose.Memory<UnalignedChooser<TChooser>>(t);

    private readonly struct AlignedChooser<TChooser> : IAddressingChooser where TChooser : IOperandChooser
    {
        public static Handler For<TAddressing>(Translator t) where TAddressing : IAddressing =>
            TChooser.For<AlignedMem<TAddressing>>();
    }

    private readonly struct UnalignedChooser<TChooser> : IAddressingChooser where TChooser : IOperandChooser
    {
        public static Handler For<TAddressing>(Translator t) where TAddressing : IAddressing => TChooser.For<Mem<TAddressing>>();
    }

    /// <summary>Offset of an XMM register in <see cref="CpuState.Xmm"/>.</summary>
    public static byte XmmOffset(Register register) => (byte)((register - Register.XMM0) * 16);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Execute<TOp, T, TSrc>(CpuState* c, Uop* u)
        where TOp : IVectorOperation<T> where T : unmanaged where TSrc : IOperand
    {
        if (!Sse.IsUsable(c)) return Sse.RaiseUnusable(c, u);
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);

        Xmm* dest = XmmDst.Modify<Xmm>(c, u);
        *dest = TOp.Compute(*dest, *src, new((byte)u->Imm));
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteToGeneral<TOp, T, TResult, TSrc>(CpuState* c, Uop* u)
        where TOp : IGeneralOperation<T, TResult> where T : unmanaged where TResult : unmanaged where TSrc : IOperand
    {
        if (!Sse.IsUsable(c)) return Sse.RaiseUnusable(c, u);
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);

        Dst.Put(Dst.Modify<TResult>(c, u), TOp.Compute(*src, new((byte)u->Imm)));
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteFloat<TOp, T, TSrc>(CpuState* c, Uop* u)
        where TOp : IFloatVectorOperation<T> where T : unmanaged where TSrc : IOperand
    {
        if (!Sse.IsUsable(c)) return Sse.RaiseUnusable(c, u);
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);

        Xmm* dest = XmmDst.Modify<Xmm>(c, u);
        bool isUsual = TOp.IsComparison || new FloatEnvironment(c).IsUsual;
        if (!isUsual || !TOp.TryUsual(*dest, *src, new((byte)u->Imm), out Xmm result))
            return ExecuteFloatWithCare<TOp, T>(c, u, src);
        *dest = result;
        return u[1].Run(c, u + 1);
    }

    // The computation is apart, so that the usual case needs no frame and no handler has a local whose address goes elsewhere. NoInlining
    // stands on the computation alone: a method that bears it never ends in a jump.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteFloatWithCare<TOp, T>(CpuState* c, Uop* u, T* src) where TOp : IFloatVectorOperation<T> where T : unmanaged
    {
        if (!TryCompute<TOp, T>(c, u, src)) return Flow.Fault(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryCompute<TOp, T>(CpuState* c, Uop* u, T* src) where TOp : IFloatVectorOperation<T> where T : unmanaged
    {
        Xmm* dest = XmmDst.Modify<Xmm>(c, u);
        Xmm result = TOp.Compute(*dest, *src, new((byte)u->Imm), new(c));
        if (!FloatEnvironment.Settle(c)) return false;
        *dest = result;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteFloatToGeneral<TOp, T, TResult, TSrc>(CpuState* c, Uop* u)
        where TOp : IFloatGeneralOperation<T, TResult> where T : unmanaged where TResult : unmanaged where TSrc : IOperand
    {
        if (!Sse.IsUsable(c)) return Sse.RaiseUnusable(c, u);
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);

        if (!new FloatEnvironment(c).IsUsual || !TOp.TryUsual(*src, out TResult result))
            return ExecuteFloatToGeneralWithCare<TOp, T, TResult>(c, u, src);
        Dst.Put(Dst.Modify<TResult>(c, u), result);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteFloatToGeneralWithCare<TOp, T, TResult>(CpuState* c, Uop* u, T* src)
        where TOp : IFloatGeneralOperation<T, TResult> where T : unmanaged where TResult : unmanaged
    {
        if (!TryComputeGeneral<TOp, T, TResult>(c, u, src)) return Flow.Fault(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryComputeGeneral<TOp, T, TResult>(CpuState* c, Uop* u, T* src)
        where TOp : IFloatGeneralOperation<T, TResult> where T : unmanaged where TResult : unmanaged
    {
        TResult result = TOp.Compute(*src, new(c));
        if (!FloatEnvironment.Settle(c)) return false;
        Dst.Put(Dst.Modify<TResult>(c, u), result);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteStore<T, TDest>(CpuState* c, Uop* u) where T : unmanaged where TDest : IOperand
    {
        if (!Sse.IsUsable(c)) return Sse.RaiseUnusable(c, u);
        T* dest = TDest.Modify<T>(c, u);
        if (TDest.IsMemory && dest == null) return Flow.Fault(c, u);

        TDest.Put(dest, *XmmSrc.Read<T>(c, u));
        if (TDest.IsMemory && MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    private readonly struct StoreChooser<T> : IOperandChooser where T : unmanaged
    {
        public static Handler For<TDest>() where TDest : IOperand => new(&ExecuteStore<T, TDest>);
    }

    private readonly struct GeneralChooser<TOp, T, TResult> : IOperandChooser
        where TOp : IGeneralOperation<T, TResult> where T : unmanaged where TResult : unmanaged
    {
        public static Handler For<TSrc>() where TSrc : IOperand => new(&ExecuteToGeneral<TOp, T, TResult, TSrc>);
    }

    private readonly struct FloatChooser<TOp, T> : IOperandChooser where TOp : IFloatVectorOperation<T> where T : unmanaged
    {
        public static Handler For<TSrc>() where TSrc : IOperand => new(&ExecuteFloat<TOp, T, TSrc>);
    }

    private readonly struct FloatGeneralChooser<TOp, T, TResult> : IOperandChooser
        where TOp : IFloatGeneralOperation<T, TResult> where T : unmanaged where TResult : unmanaged
    {
        public static Handler For<TSrc>() where TSrc : IOperand => new(&ExecuteFloatToGeneral<TOp, T, TResult, TSrc>);
    }

    private readonly struct Chooser<TOp, T> : IOperandChooser where TOp : IVectorOperation<T> where T : unmanaged
    {
        public static Handler For<TSrc>() where TSrc : IOperand => new(&Execute<TOp, T, TSrc>);
    }
}

/// <summary>Takes the handler for one kind of operand.</summary>
internal interface IOperandChooser
{
    static abstract Handler For<TSrc>() where TSrc : IOperand;
}

/// <summary>Whether a memory operand must be aligned.</summary>
internal interface IAlignment
{
    static abstract bool Required { get; }
}

internal readonly struct Aligned : IAlignment
{
    public static bool Required => true;
}

internal readonly struct Unaligned : IAlignment
{
    public static bool Required => false;
}
