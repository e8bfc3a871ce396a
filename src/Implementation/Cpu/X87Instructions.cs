using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>The x87 instructions that compute, compare and move numbers (SDM Vol. 1, 8.3).</summary>
/// <remarks>
/// Not implemented: FPREM, FPREM1, FSCALE, FXTRACT and the transcendental ones; FBLD and FBSTP; FCMOVcc; FNSTENV, FLDENV, FNSAVE and FRSTOR.
/// </remarks>
internal static unsafe class X87Instructions
{
    public static void Register(InstructionTable table)
    {
        AddArithmetic<FloatAdd>(table, Mnemonic.Fadd, Mnemonic.Faddp, Mnemonic.Fiadd);
        AddArithmetic<FloatSubtract>(table, Mnemonic.Fsub, Mnemonic.Fsubp, Mnemonic.Fisub);
        AddArithmetic<Reversed<FloatSubtract>>(table, Mnemonic.Fsubr, Mnemonic.Fsubrp, Mnemonic.Fisubr);
        AddArithmetic<FloatMultiply>(table, Mnemonic.Fmul, Mnemonic.Fmulp, Mnemonic.Fimul);
        AddArithmetic<FloatDivide>(table, Mnemonic.Fdiv, Mnemonic.Fdivp, Mnemonic.Fidiv);
        AddArithmetic<Reversed<FloatDivide>>(table, Mnemonic.Fdivr, Mnemonic.Fdivrp, Mnemonic.Fidivr);
        Add(table, Mnemonic.Fsqrt, t => Emit<Combine<FloatSquareRoot>>(t));
        Add(table, Mnemonic.Frndint, t => Emit<RoundTop>(t));
        Add(table, Mnemonic.Fchs, t => Emit<ChangeSign<Opposite>>(t));
        Add(table, Mnemonic.Fabs, t => Emit<ChangeSign<Positive>>(t));

        AddComparison(table, X87Comparison.QuietIsInvalid, Mnemonic.Fcom, Mnemonic.Fcomp, Mnemonic.Fcompp);
        AddComparison(table, X87Comparison.None, Mnemonic.Fucom, Mnemonic.Fucomp, Mnemonic.Fucompp);
        AddComparison(table, X87Comparison.QuietIsInvalid | X87Comparison.ToRflags, Mnemonic.Fcomi, Mnemonic.Fcomip);
        AddComparison(table, X87Comparison.ToRflags, Mnemonic.Fucomi, Mnemonic.Fucomip);
        Add(table, Mnemonic.Ficom, t => CompareMemory(t, pops: 0));
        Add(table, Mnemonic.Ficomp, t => CompareMemory(t, pops: 1));
        Add(table, Mnemonic.Ftst, t => Emit<CompareZero>(t));
        Add(table, Mnemonic.Fxam, t => Emit<Examine>(t));

        Add(table, Mnemonic.Fld, Load);
        Add(table, Mnemonic.Fild, Load);
        Add(table, Mnemonic.Fst, t => StoreAnywhere(t, pops: 0));
        Add(table, Mnemonic.Fstp, t => StoreAnywhere(t, pops: 1));
        Add(table, Mnemonic.Fist, t => StoreIntegers(t, pops: 0));
        Add(table, Mnemonic.Fistp, t => StoreIntegers(t, pops: 1));
        Add(table, Mnemonic.Fisttp, StoreTruncatedIntegers);
        Add(table, Mnemonic.Fxch, t => Emit<Exchange>(t, from: Index(t, 1)));
        Add(table, Mnemonic.Ffree, t => Emit<FreeRegister>(t, to: Index(t, 0)));
        Add(table, Mnemonic.Fincstp, t => Emit<RotateStack>(t, immediate: 1));
        Add(table, Mnemonic.Fdecstp, t => Emit<RotateStack>(t, immediate: -1));

        ReadOnlySpan<Mnemonic> constants =
            [Mnemonic.Fldz, Mnemonic.Fld1, Mnemonic.Fldl2t, Mnemonic.Fldl2e, Mnemonic.Fldpi, Mnemonic.Fldlg2, Mnemonic.Fldln2];
        for (int i = 0; i < constants.Length; i++)
        {
            int constant = i;
            Add(table, constants[i], t => Emit<LoadConstant>(t, immediate: constant));
        }
    }

    private static void AddArithmetic<TOp>(InstructionTable table, Mnemonic plain, Mnemonic popping, Mnemonic ofInteger) where TOp : IRoundedOperation
    {
        Add(table, plain, Combine<TOp>);
        Add(table, popping, t => Emit<Combine<TOp>>(t, Index(t, 0), Index(t, 1), immediate: 1));
        Add(table, ofInteger, Combine<TOp>);
    }

    /// <param name="mnemonics">the comparison that pops nothing, once, twice</param>
    private static void AddComparison(InstructionTable table, X87Comparison kind, params ReadOnlySpan<Mnemonic> mnemonics)
    {
        for (int i = 0; i < mnemonics.Length; i++)
        {
            int pops = i;
            Add(table, mnemonics[i], t => CompareAnything(t, kind, pops));
        }
    }

    private static void Add(InstructionTable table, Mnemonic mnemonic, Action<Translator> build) => table.Add(mnemonic, build, Traits.None);

    private static void Combine<TOp>(Translator t) where TOp : IRoundedOperation
    {
        switch (t.Instruction.MemorySize)
        {
            case MemorySize.Float32: EmitLoad<CombineLoaded<TOp, float>, float>(t); break;
            case MemorySize.Float64: EmitLoad<CombineLoaded<TOp, double>, double>(t); break;
            case MemorySize.Int16: EmitLoad<CombineLoaded<TOp, short>, short>(t); break;
            case MemorySize.Int32: EmitLoad<CombineLoaded<TOp, int>, int>(t); break;
            default: Emit<Combine<TOp>>(t, Index(t, 0), Index(t, 1)); break;
        }
    }

    private static void CompareAnything(Translator t, X87Comparison kind, int pops)
    {
        if (t.Instruction.Op0Kind == OpKind.Memory)
        {
            CompareMemory(t, pops);
            return;
        }

        t.U->Scale = (byte)kind;
        Emit<Compare>(t, from: t.Instruction.OpCount > 1 ? Index(t, 1) : 1, immediate: pops); // FCOMPP has no operands.
    }

    private static void CompareMemory(Translator t, int pops)
    {
        t.U->Imm = pops;
        switch (t.Instruction.MemorySize)
        {
            case MemorySize.Float32: EmitLoad<CompareLoaded<float>, float>(t); break;
            case MemorySize.Float64: EmitLoad<CompareLoaded<double>, double>(t); break;
            case MemorySize.Int16: EmitLoad<CompareLoaded<short>, short>(t); break;
            default: EmitLoad<CompareLoaded<int>, int>(t); break;
        }
    }

    private static void Load(Translator t)
    {
        switch (t.Instruction.MemorySize)
        {
            case MemorySize.Float32: EmitLoad<LoadMemory<float>, float>(t); break;
            case MemorySize.Float64: EmitLoad<LoadMemory<double>, double>(t); break;
            case MemorySize.Float80: EmitLoad<LoadExtended, Extended>(t); break;
            case MemorySize.Int16: EmitLoad<LoadMemory<short>, short>(t); break;
            case MemorySize.Int32: EmitLoad<LoadMemory<int>, int>(t); break;
            case MemorySize.Int64: EmitLoad<LoadMemory<long>, long>(t); break;
            default: Emit<LoadRegister>(t, from: Index(t, 0)); break;
        }
    }

    private static void StoreAnywhere(Translator t, int pops)
    {
        t.U->Imm = pops;
        switch (t.Instruction.MemorySize)
        {
            case MemorySize.Float32: EmitStore<StoreFloat<float>, float>(t); break;
            case MemorySize.Float64: EmitStore<StoreFloat<double>, double>(t); break;
            case MemorySize.Float80: EmitStore<StoreExtended, Extended>(t); break;
            default: Emit<StoreRegister>(t, to: Index(t, 0), immediate: pops); break;
        }
    }

    private static void StoreIntegers(Translator t, int pops)
    {
        t.U->Imm = pops;
        switch (t.Instruction.MemorySize)
        {
            case MemorySize.Int16: EmitStore<StoreInteger<short>, short>(t); break;
            case MemorySize.Int32: EmitStore<StoreInteger<int>, int>(t); break;
            default: EmitStore<StoreInteger<long>, long>(t); break;
        }
    }

    private static void StoreTruncatedIntegers(Translator t)
    {
        t.U->Imm = 1;
        switch (t.Instruction.MemorySize)
        {
            case MemorySize.Int16: EmitStore<StoreTruncated<short>, short>(t); break;
            case MemorySize.Int32: EmitStore<StoreTruncated<int>, int>(t); break;
            default: EmitStore<StoreTruncated<long>, long>(t); break;
        }
    }

    /// <summary>The i of operand ST(i).</summary>
    private static int Index(Translator t, int operand) => t.Instruction.GetOpRegister(operand) - Iced.Intel.Register.ST0;

    private static void Emit<TAction>(Translator t, int to = 0, int from = 0, int immediate = 0) where TAction : IX87Action
    {
        (t.U->Dst, t.U->Src, t.U->Imm) = ((byte)to, (byte)from, immediate);
        t.Emit(new(&Execute<TAction>));
    }

    private static void EmitLoad<TLoad, T>(Translator t) where TLoad : IX87Load<T> where T : unmanaged =>
        t.Emit(SseForms.Memory<LoadChooser<TLoad, T>>(t, aligned: false));

    private static void EmitStore<TStore, T>(Translator t) where TStore : IX87Store<T> where T : unmanaged =>
        t.Emit(SseForms.Memory<StoreChooser<TStore, T>>(t, aligned: false));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Execute<TAction>(CpuState* c, Uop* u) where TAction : IX87Action
    {
        if (!IsReady(c)) return Flow.Fault(c, u);
        Act<TAction>(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteLoad<TLoad, T, TSrc>(CpuState* c, Uop* u) where TLoad : IX87Load<T> where T : unmanaged where TSrc : IOperand
    {
        if (!IsReady(c)) return Flow.Fault(c, u);
        T* src = TSrc.Read<T>(c, u);
        if (src == null) return Flow.Fault(c, u);

        Act<TLoad, T>(c, u, src);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteStore<TStore, T, TDest>(CpuState* c, Uop* u) where TStore : IX87Store<T> where T : unmanaged where TDest : IOperand
    {
        if (!IsReady(c)) return Flow.Fault(c, u);
        T* dest = TDest.Modify<T>(c, u);
        if (dest == null) return Flow.Fault(c, u);

        if (TryStore<TStore, T>(c, u, dest) && MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    // Apart from the handlers, which must not have a local whose address goes elsewhere.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Act<TAction>(CpuState* c, Uop* u) where TAction : IX87Action => TAction.Do(c, u);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Act<TLoad, T>(CpuState* c, Uop* u, T* operand) where TLoad : IX87Load<T> where T : unmanaged => TLoad.Do(c, u, *operand);

    /// <returns>false: an exception that is not masked keeps the value back</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryStore<TStore, T>(CpuState* c, Uop* u, T* dest) where TStore : IX87Store<T> where T : unmanaged
    {
        X87Environment environment = new(c);
        T value = TStore.Convert(Fpu.IsEmpty(c, 0) ? environment.Underflow() : Fpu.Get(c, 0), environment);
        if (!environment.Settle(TStore.Stops)) return false;

        *dest = value;
        Fpu.Pop(c, (int)u->Imm);
        return true;
    }

    /// <summary>#NM, then a pending #MF.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsReady(CpuState* c)
    {
        if (!Sse.IsX87Usable(c)) Flow.Record(c, Vector.NM, 0);
        else if (Fpu.IsExceptionPending(c)) Flow.Record(c, Vector.MF, 0);
        else return true;
        return false;
    }

    private readonly struct LoadChooser<TLoad, T> : IOperandChooser where TLoad : IX87Load<T> where T : unmanaged
    {
        public static Handler For<TSrc>() where TSrc : IOperand => new(&ExecuteLoad<TLoad, T, TSrc>);
    }

    private readonly struct StoreChooser<TStore, T> : IOperandChooser where TStore : IX87Store<T> where T : unmanaged
    {
        public static Handler For<TDest>() where TDest : IOperand => new(&ExecuteStore<TStore, T, TDest>);
    }
}
