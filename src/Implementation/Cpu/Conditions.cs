using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>One of the sixteen conditions of Jcc, SETcc and CMOVcc (SDM Vol. 1, appendix B), stated over a flag rule.</summary>
internal unsafe interface ICondition
{
    static abstract bool Holds<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T>;

    /// <summary>The same for flags left by whatever operation was last.</summary>
    static virtual bool Holds<TSelf>(CpuState* c) where TSelf : ICondition => Conditions.HoldsByRule<TSelf>(c);
}

internal readonly struct IfOverflow : ICondition
{
    public static bool Holds<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> =>
        TRule.Overflow(a, b, r);
}

internal readonly unsafe struct IfBelow : ICondition
{
    public static bool Holds<TSelf>(CpuState* c) where TSelf : ICondition => Flags.Carry(c);

    public static bool Holds<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> =>
        a < b;
}

internal readonly unsafe struct IfZero : ICondition
{
    public static bool Holds<TSelf>(CpuState* c) where TSelf : ICondition => Flags.Zero(c);

    public static bool Holds<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> =>
        TRule.Zero(a, b, r);
}

internal readonly unsafe struct IfBelowOrEqual : ICondition
{
    public static bool Holds<TSelf>(CpuState* c) where TSelf : ICondition => Flags.Carry(c) || Flags.Zero(c);

    public static bool Holds<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> =>
        a < b || TRule.Zero(a, b, r);
}

internal readonly struct IfSign : ICondition
{
    public static bool Holds<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> =>
        TRule.Sign(a, b, r);
}

internal readonly struct IfParity : ICondition
{
    public static bool Holds<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> =>
        TRule.Parity(a, b, r);
}

internal readonly struct IfLess : ICondition
{
    public static bool Holds<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> =>
        TRule.Less<TRule, T>(a, b, r);
}

internal readonly struct IfLessOrEqual : ICondition
{
    public static bool Holds<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> =>
        TRule.Zero(a, b, r) | TRule.Less<TRule, T>(a, b, r);
}

internal readonly unsafe struct IfNot<TCondition> : ICondition where TCondition : ICondition
{
    public static bool Holds<TSelf>(CpuState* c) where TSelf : ICondition => !TCondition.Holds<TCondition>(c);

    public static bool Holds<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> =>
        !TCondition.Holds<TRule, T>(a, b, r);
}

internal static unsafe class Conditions
{
    /// <summary>Whether the condition holds for flags left by whatever operation was last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Hold<TCondition>(CpuState* c) where TCondition : ICondition => TCondition.Holds<TCondition>(c);

    /// <summary>
    /// For a condition that depends on the rule: the common rules at once, the others through the computed flags.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HoldsByRule<TCondition>(CpuState* c) where TCondition : ICondition
    {
        ulong rule = c->FlagRule;
        if (rule == Flags.Key<Difference, ulong>()) return TCondition.Holds<Difference, ulong>(c->FlagA, c->FlagB, c->FlagR);
        if (rule == Flags.Key<Difference, uint>())
            return TCondition.Holds<Difference, uint>((uint)c->FlagA, (uint)c->FlagB, (uint)c->FlagR);
        return Holds<TCondition>(Flags.Get(c));
    }

    private static bool Holds<TCondition>(ulong flags) where TCondition : ICondition =>
        TCondition.Holds<Computed, ulong>(0, flags & RflagsBit.CF, flags);

    /// <summary>Gives a visitor the type of a condition.</summary>
    public static Handler Choose<TChooser>(ConditionCode code) where TChooser : IConditionChooser =>
        code switch
        {
            ConditionCode.o => TChooser.For<IfOverflow>(),
            ConditionCode.no => TChooser.For<IfNot<IfOverflow>>(),
            ConditionCode.b => TChooser.For<IfBelow>(),
            ConditionCode.ae => TChooser.For<IfNot<IfBelow>>(),
            ConditionCode.e => TChooser.For<IfZero>(),
            ConditionCode.ne => TChooser.For<IfNot<IfZero>>(),
            ConditionCode.be => TChooser.For<IfBelowOrEqual>(),
            ConditionCode.a => TChooser.For<IfNot<IfBelowOrEqual>>(),
            ConditionCode.s => TChooser.For<IfSign>(),
            ConditionCode.ns => TChooser.For<IfNot<IfSign>>(),
            ConditionCode.p => TChooser.For<IfParity>(),
            ConditionCode.np => TChooser.For<IfNot<IfParity>>(),
            ConditionCode.l => TChooser.For<IfLess>(),
            ConditionCode.ge => TChooser.For<IfNot<IfLess>>(),
            ConditionCode.le => TChooser.For<IfLessOrEqual>(),
            _ => TChooser.For<IfNot<IfLessOrEqual>>(),
        };
}

/// <summary>Takes the handler of one condition.</summary>
internal interface IConditionChooser
{
    static abstract Handler For<TCondition>() where TCondition : ICondition;
}
