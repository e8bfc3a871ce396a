using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>An operation of two operands; the flags follow from operands and result by <typeparamref name="TRule"/>.</summary>
internal interface IAluOperation<TRule> where TRule : IFlagRule
{
    /// <summary>Whether the result is written; CMP and TEST only set flags.</summary>
    static virtual bool Writes => true;

    static abstract T Compute<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T>;
}

/// <summary>ADD: DEST ← DEST + SRC.</summary>
internal readonly struct Add : IAluOperation<Sum>
{
    public static T Compute<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => unchecked(dest + src);
}

/// <summary>SUB: DEST ← DEST − SRC.</summary>
internal readonly struct Sub : IAluOperation<Difference>
{
    public static T Compute<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => unchecked(dest - src);
}

/// <summary>CMP: SUB without its result.</summary>
internal readonly struct Cmp : IAluOperation<Difference>
{
    public static bool Writes => false;

    public static T Compute<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => unchecked(dest - src);
}

/// <summary>AND: DEST ← DEST AND SRC.</summary>
internal readonly struct And : IAluOperation<Logical>
{
    public static T Compute<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => dest & src;
}

/// <summary>OR: DEST ← DEST OR SRC.</summary>
internal readonly struct Or : IAluOperation<Logical>
{
    public static T Compute<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => dest | src;
}

/// <summary>XOR: DEST ← DEST XOR SRC.</summary>
internal readonly struct Xor : IAluOperation<Logical>
{
    public static T Compute<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => dest ^ src;
}

/// <summary>TEST: AND without its result.</summary>
internal readonly struct Test : IAluOperation<Logical>
{
    public static bool Writes => false;

    public static T Compute<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => dest & src;
}

/// <summary>Whether anything reads the flags an instruction would set.</summary>
internal interface IFlagsLive
{
    static abstract bool Value { get; }
}

internal readonly struct Live : IFlagsLive
{
    public static bool Value => true;
}

internal readonly struct Dead : IFlagsLive
{
    public static bool Value => false;
}

/// <summary>ADD, SUB, CMP, AND, OR, XOR, TEST in all their forms.</summary>
internal static unsafe class Arithmetic
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Add, Build<Add, Sum>);
        table.Add(Mnemonic.Sub, Build<Sub, Difference>);
        table.Add(Mnemonic.Cmp, Build<Cmp, Difference>);
        table.Add(Mnemonic.And, Build<And, Logical>, Traits.Pure | Traits.DefinesAllFlags);
        table.Add(Mnemonic.Or, Build<Or, Logical>, Traits.Pure | Traits.DefinesAllFlags);
        table.Add(Mnemonic.Xor, Build<Xor, Logical>, Traits.Pure | Traits.DefinesAllFlags);
        table.Add(Mnemonic.Test, Build<Test, Logical>, Traits.Pure | Traits.DefinesAllFlags);
    }

    private static void Build<TOp, TRule>(Translator t) where TOp : IAluOperation<TRule> where TRule : IFlagRule =>
        t.Emit(Choose.Binary<Chooser<TOp, TRule>>(t));

    private readonly struct Chooser<TOp, TRule> : IBinaryChooser where TOp : IAluOperation<TRule> where TRule : IFlagRule
    {
        public static Handler For<T, TDest, TSrc>(Translator t)
            where T : unmanaged, IBinaryInteger<T> where TDest : IOperand where TSrc : IOperand
        {
            if ((!TOp.Writes || !TDest.IsMemory) && t.TryFuseBranch(out ConditionCode condition))
                return Conditions.Choose<Fused<TOp, TRule, T, TDest, TSrc>>(condition);
            return t.FlagsLive
                ? new(&Execute<TOp, TRule, T, TDest, TSrc, Live>)
                : new(&Execute<TOp, TRule, T, TDest, TSrc, Dead>);
        }
    }

    private readonly struct Fused<TOp, TRule, T, TDest, TSrc> : IConditionChooser
        where TOp : IAluOperation<TRule> where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T>
        where TDest : IOperand where TSrc : IOperand
    {
        public static Handler For<TCondition>() where TCondition : ICondition =>
            new(&ExecuteAndBranch<TOp, TRule, T, TDest, TSrc, TCondition>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Execute<TOp, TRule, T, TDest, TSrc, TLive>(CpuState* c, Uop* u)
        where TOp : IAluOperation<TRule> where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T>
        where TDest : IOperand where TSrc : IOperand where TLive : IFlagsLive
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        T* dest = TOp.Writes ? TDest.Modify<T>(c, u) : TDest.Read<T>(c, u);
        if (TDest.IsMemory && dest == null) return Flow.Fault(c, u);

        T a = *dest, b = *src, r = TOp.Compute(a, b);
        if (TOp.Writes) TDest.Put(dest, r);
        if (TLive.Value) Flags.Record<TRule, T>(c, a, b, r);

        if (TOp.Writes && TDest.IsMemory && MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    /// <summary>The operation and the Jcc behind it: two instructions, one micro-op. Never one that stores to memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteAndBranch<TOp, TRule, T, TDest, TSrc, TCondition>(CpuState* c, Uop* u)
        where TOp : IAluOperation<TRule> where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T>
        where TDest : IOperand where TSrc : IOperand where TCondition : ICondition
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        T* dest = TDest.Read<T>(c, u);
        if (TDest.IsMemory && dest == null) return Flow.Fault(c, u);

        T a = *dest, b = *src, r = TOp.Compute(a, b);
        if (TOp.Writes) TDest.Put(dest, r);
        Flags.Record<TRule, T>(c, a, b, r);
        return TCondition.Holds<TRule, T>(TRule.A(a, b), TRule.B(a, b), r) ? Flow.Taken(c, u) : Flow.Fall(c, u);
    }
}
