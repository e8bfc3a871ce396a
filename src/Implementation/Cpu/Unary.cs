using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>An operation of one operand; the flags follow from it by <typeparamref name="TRule"/>.</summary>
internal interface IUnaryOperation<TRule> where TRule : IFlagRule
{
    /// <summary>NOT sets no flags.</summary>
    static virtual bool SetsFlags => true;

    /// <summary>What the rule takes as DEST and SRC.</summary>
    static virtual (T Dest, T Src) Operands<T>(T dest, T carry) where T : unmanaged, IBinaryInteger<T> => (dest, carry);

    static abstract T Compute<T>(T dest) where T : unmanaged, IBinaryInteger<T>;
}

/// <summary>INC: DEST ← DEST + 1; CF is kept.</summary>
internal readonly struct Inc : IUnaryOperation<Increment>
{
    public static T Compute<T>(T dest) where T : unmanaged, IBinaryInteger<T> => unchecked(dest + T.One);
}

/// <summary>DEC: DEST ← DEST − 1; CF is kept.</summary>
internal readonly struct Dec : IUnaryOperation<Decrement>
{
    public static T Compute<T>(T dest) where T : unmanaged, IBinaryInteger<T> => unchecked(dest - T.One);
}

/// <summary>NEG: DEST ← 0 − DEST, with the flags of that subtraction.</summary>
internal readonly struct Neg : IUnaryOperation<Difference>
{
    public static (T Dest, T Src) Operands<T>(T dest, T carry) where T : unmanaged, IBinaryInteger<T> => (T.Zero, dest);

    public static T Compute<T>(T dest) where T : unmanaged, IBinaryInteger<T> => unchecked(T.Zero - dest);
}

/// <summary>NOT: DEST ← NOT DEST.</summary>
internal readonly struct Not : IUnaryOperation<Logical>
{
    public static bool SetsFlags => false;

    public static T Compute<T>(T dest) where T : unmanaged, IBinaryInteger<T> => ~dest;
}

/// <summary>INC, DEC, NEG, NOT.</summary>
internal static unsafe class Unary
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Inc, t => t.Emit(Choose.Place<Chooser<Inc, Increment>>(t)));
        table.Add(Mnemonic.Dec, t => t.Emit(Choose.Place<Chooser<Dec, Decrement>>(t)));
        table.Add(Mnemonic.Neg, t => t.Emit(Choose.Place<Chooser<Neg, Difference>>(t)));
        table.Add(Mnemonic.Not, t => t.Emit(Choose.Place<Chooser<Not, Logical>>(t)));
    }

    private readonly struct Chooser<TOp, TRule> : IPlaceChooser where TOp : IUnaryOperation<TRule> where TRule : IFlagRule
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand
        {
            if (TOp.SetsFlags && !TPlace.IsMemory && t.TryFuseBranch(out ConditionCode condition))
                return Conditions.Choose<Fused<TOp, TRule, T, TPlace>>(condition);
            return t.FlagsLive ? new(&Execute<TOp, TRule, T, TPlace, Live>) : new(&Execute<TOp, TRule, T, TPlace, Dead>);
        }
    }

    private readonly struct Fused<TOp, TRule, T, TPlace> : IConditionChooser
        where TOp : IUnaryOperation<TRule> where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand
    {
        public static Handler For<TCondition>() where TCondition : ICondition =>
            new(&ExecuteAndBranch<TOp, TRule, T, TPlace, TCondition>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Execute<TOp, TRule, T, TPlace, TLive>(CpuState* c, Uop* u)
        where TOp : IUnaryOperation<TRule> where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T>
        where TPlace : IOperand where TLive : IFlagsLive
    {
        T* place = TPlace.Modify<T>(c, u);
        if (TPlace.IsMemory && place == null) return Flow.Fault(c, u);
        T a = *place, r = TOp.Compute(a);
        if (TOp.SetsFlags && TLive.Value)
        {
            (T dest, T src) = TOp.Operands(a, Flags.Carry(c) ? T.One : T.Zero);
            Flags.Record<TRule, T>(c, dest, src, r);
        }

        TPlace.Put(place, r);
        if (TPlace.IsMemory && MemoryAccess.IsStaged(c, place)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteAndBranch<TOp, TRule, T, TPlace, TCondition>(CpuState* c, Uop* u)
        where TOp : IUnaryOperation<TRule> where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T>
        where TPlace : IOperand where TCondition : ICondition
    {
        T* place = TPlace.Modify<T>(c, u);
        T a = *place, r = TOp.Compute(a);
        (T dest, T src) = TOp.Operands(a, Flags.Carry(c) ? T.One : T.Zero);
        Flags.Record<TRule, T>(c, dest, src, r);
        TPlace.Put(place, r);
        return TCondition.Holds<TRule, T>(TRule.A(dest, src), TRule.B(dest, src), r) ? Flow.Taken(c, u) : Flow.Fall(c, u);
    }
}
