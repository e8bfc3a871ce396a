using System.Numerics;
using System.Runtime.CompilerServices;

namespace Implementation.Cpu;

/// <summary>
/// How the status flags follow from what an operation leaves in A, B and its result R. The only definition of the flags: used
/// at once by fused compare-and-branch, and late by <see cref="Flags"/> when something reads flags of an earlier operation.
/// </summary>
/// <remarks>Whatever the rule, CF is A &lt; B, so that ADC, INC and their like read it without knowing the rule.</remarks>
internal interface IFlagRule
{
    /// <summary>The number under which <see cref="Flags"/> finds the rule.</summary>
    static abstract int Id { get; }

    /// <summary>What to leave in A for an operation on DEST and SRC.</summary>
    static virtual T A<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => dest;

    /// <summary>What to leave in B.</summary>
    static virtual T B<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => src;

    static abstract bool Overflow<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T>;

    static abstract bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T>;

    static virtual bool Zero<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => r == T.Zero;

    static virtual bool Sign<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.MostSignificant(r);

    /// <summary>SF ≠ OF.</summary>
    static virtual bool Less<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> =>
        TRule.Sign(a, b, r) != TRule.Overflow(a, b, r);

    static virtual bool Parity<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> =>
        (BitOperations.PopCount(uint.CreateTruncating(r) & 0xFF) & 1) == 0;
}

/// <summary>R holds the flags themselves; A = 0 and B = CF.</summary>
internal readonly struct Computed : IFlagRule
{
    public static int Id => 0;

    public static bool Overflow<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Has(r, RflagsBit.OF);

    public static bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Has(r, RflagsBit.AF);

    public static bool Zero<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Has(r, RflagsBit.ZF);

    public static bool Sign<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Has(r, RflagsBit.SF);

    public static bool Parity<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Has(r, RflagsBit.PF);

    private static bool Has<T>(T r, ulong bit) where T : unmanaged, IBinaryInteger<T> => (ulong.CreateTruncating(r) & bit) != 0;
}

/// <summary>R = DEST + SRC. A = NOT DEST, because DEST + SRC carries exactly when SRC exceeds that.</summary>
internal readonly struct Sum : IFlagRule
{
    public static int Id => 1;

    public static T A<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => ~dest;

    public static bool Overflow<T>(T a, T b, T r)
        where T : unmanaged, IBinaryInteger<T> => Flags.MostSignificant((~a ^ r) & (b ^ r));

    public static bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.Bit4(~a ^ b ^ r);
}

/// <summary>R = DEST − SRC.</summary>
internal readonly struct Difference : IFlagRule
{
    public static int Id => 2;

    public static bool Overflow<T>(T a, T b, T r)
        where T : unmanaged, IBinaryInteger<T> => Flags.MostSignificant((a ^ b) & (a ^ r));

    public static bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.Bit4(a ^ b ^ r);

    /// <summary>SF ≠ OF after a subtraction says that A is less than B as signed numbers.</summary>
    public static bool Less<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> =>
        Flags.SignedLess(a, b);
}

/// <summary>AND, OR, XOR, TEST: CF = OF = 0; AF is undefined, left 0.</summary>
internal readonly struct Logical : IFlagRule
{
    public static int Id => 3;

    public static T A<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => T.Zero;

    public static T B<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => T.Zero;

    public static bool Overflow<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => false;

    public static bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => false;
}

/// <summary>R = DEST + 1; SRC is the CF from before, 0 or 1, which INC keeps.</summary>
internal readonly struct Increment : IFlagRule
{
    public static int Id => 4;

    public static T A<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => T.Zero;

    public static bool Overflow<T>(T a, T b, T r)
        where T : unmanaged, IBinaryInteger<T> => Flags.MostSignificant(r & ~(r - T.One));

    public static bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.Bit4(r ^ (r - T.One));
}

/// <summary>R = DEST − 1; SRC is the CF from before, 0 or 1, which DEC keeps.</summary>
internal readonly struct Decrement : IFlagRule
{
    public static int Id => 5;

    public static T A<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => T.Zero;

    public static bool Overflow<T>(T a, T b, T r)
        where T : unmanaged, IBinaryInteger<T> => Flags.MostSignificant(~r & (r + T.One));

    public static bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.Bit4(r ^ (r + T.One));
}

/// <summary>
/// Shifts and multiplications: DEST is CF and SRC is OF, each 0 or 1; AF is undefined, left 0. A = 2 OF, B = A + CF.
/// </summary>
internal readonly struct Shifted : IFlagRule
{
    public static int Id => 6;

    public static T A<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => src + src;

    public static T B<T>(T dest, T src) where T : unmanaged, IBinaryInteger<T> => src + src + dest;

    public static bool Overflow<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => a != T.Zero;

    public static bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => false;
}

/// <summary>The status flags of a processor, computed when read.</summary>
internal static unsafe class Flags
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MostSignificant<T>(T value) where T : unmanaged, IBinaryInteger<T> =>
        sizeof(T) switch
        {
            1 => sbyte.CreateTruncating(value) < 0,
            2 => short.CreateTruncating(value) < 0,
            4 => int.CreateTruncating(value) < 0,
            _ => long.CreateTruncating(value) < 0,
        };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SignedLess<T>(T a, T b) where T : unmanaged, IBinaryInteger<T> =>
        sizeof(T) switch
        {
            1 => sbyte.CreateTruncating(a) < sbyte.CreateTruncating(b),
            2 => short.CreateTruncating(a) < short.CreateTruncating(b),
            4 => int.CreateTruncating(a) < int.CreateTruncating(b),
            _ => long.CreateTruncating(a) < long.CreateTruncating(b),
        };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SignExtend<T>(T value) where T : unmanaged, IBinaryInteger<T> =>
        sizeof(T) switch
        {
            1 => sbyte.CreateTruncating(value),
            2 => short.CreateTruncating(value),
            4 => int.CreateTruncating(value),
            _ => long.CreateTruncating(value),
        };

    public static bool Bit4<T>(T value) where T : unmanaged, IBinaryInteger<T> => (uint.CreateTruncating(value) & 0x10) != 0;

    /// <summary>The rule and the width as one number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Key<TRule, T>() where TRule : IFlagRule where T : unmanaged =>
        (ulong)TRule.Id << 2 | sizeof(T) switch { 1 => 0UL, 2 => 1UL, 4 => 2UL, _ => 3UL };

    /// <summary>Leaves behind what the flags of an operation follow from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Record<TRule, T>(CpuState* c, T dest, T src, T r)
        where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T>
    {
        c->FlagA = ulong.CreateTruncating(TRule.A(dest, src));
        c->FlagB = ulong.CreateTruncating(TRule.B(dest, src));
        c->FlagR = ulong.CreateTruncating(r);
        c->FlagRule = Key<TRule, T>();
    }

    public static void Set(CpuState* c, ulong flags)
    {
        c->FlagA = 0;
        c->FlagB = flags & RflagsBit.CF;
        c->FlagR = flags & RflagsBit.Status;
        c->FlagRule = 0;
    }

    /// <summary>Replaces the flags in <paramref name="mask"/> and keeps the others.</summary>
    public static void Replace(CpuState* c, ulong mask, ulong flags) => Set(c, Get(c) & ~mask | flags & mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Carry(CpuState* c) => c->FlagA < c->FlagB;

    /// <summary>
    /// ZF: of the result, unless R holds the flags themselves (<see cref="Computed"/>, whose keys are below 4).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Zero(CpuState* c) => c->FlagRule < 4 ? (c->FlagR & RflagsBit.ZF) != 0 : c->FlagR == 0;

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong Get(CpuState* c) =>
        (c->FlagRule >> 2) switch
        {
            0 => c->FlagR,
            1 => Get<Sum>(c),
            2 => Get<Difference>(c),
            3 => Get<Logical>(c),
            4 => Get<Increment>(c),
            5 => Get<Decrement>(c),
            _ => Get<Shifted>(c),
        };

    private static ulong Get<TRule>(CpuState* c) where TRule : IFlagRule =>
        (c->FlagRule & 3) switch
        {
            0 => Get<TRule, byte>((byte)c->FlagA, (byte)c->FlagB, (byte)c->FlagR),
            1 => Get<TRule, ushort>((ushort)c->FlagA, (ushort)c->FlagB, (ushort)c->FlagR),
            2 => Get<TRule, uint>((uint)c->FlagA, (uint)c->FlagB, (uint)c->FlagR),
            _ => Get<TRule, ulong>(c->FlagA, c->FlagB, c->FlagR),
        };

    /// <summary>All six flags that a rule gives.</summary>
    private static ulong Get<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> =>
        (a < b ? RflagsBit.CF : 0) | (TRule.Parity(a, b, r) ? RflagsBit.PF : 0)
        | (TRule.Adjust(a, b, r) ? RflagsBit.AF : 0) | (TRule.Zero(a, b, r) ? RflagsBit.ZF : 0)
        | (TRule.Sign(a, b, r) ? RflagsBit.SF : 0) | (TRule.Overflow(a, b, r) ? RflagsBit.OF : 0);

    /// <summary>The flags that follow from the result alone: SF, ZF and PF.</summary>
    public static ulong OfResult<T>(T r) where T : unmanaged, IBinaryInteger<T> =>
        Get<Logical, T>(T.Zero, T.Zero, r);
}
