using System.Numerics;
using System.Runtime.CompilerServices;

namespace Implementation.Cpu;

/// <summary>
/// How the status flags follow from operands A, B and result R of an operation. The only definition of the flags: used at
/// once by fused compare-and-branch, and late by <see cref="Flags"/> when something reads flags that an earlier operation left.
/// </summary>
internal interface IFlagRule
{
    /// <summary>The number under which <see cref="Flags"/> finds the rule.</summary>
    static abstract int Id { get; }

    static abstract bool Carry<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T>;

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

/// <summary>R holds the flags themselves.</summary>
internal readonly struct Computed : IFlagRule
{
    public static int Id => 0;

    public static bool Carry<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Has(r, RflagsBit.CF);

    public static bool Overflow<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Has(r, RflagsBit.OF);

    public static bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Has(r, RflagsBit.AF);

    public static bool Zero<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Has(r, RflagsBit.ZF);

    public static bool Sign<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Has(r, RflagsBit.SF);

    public static bool Parity<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Has(r, RflagsBit.PF);

    private static bool Has<T>(T r, ulong bit) where T : unmanaged, IBinaryInteger<T> => (ulong.CreateTruncating(r) & bit) != 0;
}

/// <summary>R = A + B, with or without a carry in.</summary>
internal readonly struct Sum : IFlagRule
{
    public static int Id => 1;

    public static bool Carry<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.MostSignificant((a & b) | ((a | b) & ~r));

    public static bool Overflow<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.MostSignificant((a ^ r) & (b ^ r));

    public static bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.Bit4(a ^ b ^ r);
}

/// <summary>R = A − B, with a borrow in.</summary>
internal readonly struct DifferenceWithBorrow : IFlagRule
{
    public static int Id => 2;

    public static bool Carry<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.MostSignificant((~a & b) | ((~a | b) & r));

    public static bool Overflow<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.MostSignificant((a ^ b) & (a ^ r));

    public static bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.Bit4(a ^ b ^ r);
}

/// <summary>R = A − B.</summary>
internal readonly struct Difference : IFlagRule
{
    public static int Id => 3;

    /// <summary>SF ≠ OF after a subtraction says that A is less than B as signed numbers.</summary>
    public static bool Less<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T>
    {
        return Flags.SignedLess(a, b);
    }

    public static bool Carry<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => a < b;

    public static bool Overflow<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.MostSignificant((a ^ b) & (a ^ r));

    public static bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.Bit4(a ^ b ^ r);
}

/// <summary>AND, OR, XOR, TEST: CF = OF = 0; AF is undefined, left 0.</summary>
internal readonly struct Logical : IFlagRule
{
    public static int Id => 4;

    public static bool Carry<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => false;

    public static bool Overflow<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => false;

    public static bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => false;
}

/// <summary>R = A + 1; B is the CF from before, which INC keeps.</summary>
internal readonly struct Increment : IFlagRule
{
    public static int Id => 5;

    public static bool Carry<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => b != T.Zero;

    public static bool Overflow<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.MostSignificant(~a & r);

    public static bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.Bit4(a ^ r);
}

/// <summary>R = A − 1; B is the CF from before, which DEC keeps.</summary>
internal readonly struct Decrement : IFlagRule
{
    public static int Id => 6;

    public static bool Carry<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => b != T.Zero;

    public static bool Overflow<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.MostSignificant(a & ~r);

    public static bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.Bit4(a ^ r);
}

/// <summary>R = 0 − A.</summary>
internal readonly struct Negation : IFlagRule
{
    public static int Id => 8;

    public static bool Carry<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => a != T.Zero;

    public static bool Overflow<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.MostSignificant(a & r);

    public static bool Adjust<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => Flags.Bit4(a ^ r);
}

/// <summary>Shifts and multiplications: A is CF, B is OF, each 0 or 1; AF is undefined, left 0.</summary>
internal readonly struct Shifted : IFlagRule
{
    public static int Id => 7;

    public static bool Carry<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => a != T.Zero;

    public static bool Overflow<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T> => b != T.Zero;

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Record<TRule, T>(CpuState* c, T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T>
    {
        c->FlagA = ulong.CreateTruncating(a);
        c->FlagB = ulong.CreateTruncating(b);
        c->FlagR = ulong.CreateTruncating(r);
        c->FlagRule = Key<TRule, T>();
    }

    public static void Set(CpuState* c, ulong flags)
    {
        c->FlagR = flags & RflagsBit.Status;
        c->FlagRule = 0;
    }

    /// <summary>Replaces the flags in <paramref name="mask"/> and keeps the others.</summary>
    public static void Replace(CpuState* c, ulong mask, ulong flags) => Set(c, Get(c) & ~mask | flags & mask);

    public static bool Carry(CpuState* c)
    {
        if (c->FlagRule == Key<Difference, ulong>() || c->FlagRule == Key<Difference, uint>()) return c->FlagA < c->FlagB;
        return (Get(c) & RflagsBit.CF) != 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong Get(CpuState* c) =>
        (c->FlagRule >> 2) switch
        {
            0 => c->FlagR,
            1 => Get<Sum>(c),
            2 => Get<DifferenceWithBorrow>(c),
            3 => Get<Difference>(c),
            4 => Get<Logical>(c),
            5 => Get<Increment>(c),
            6 => Get<Decrement>(c),
            7 => Get<Shifted>(c),
            _ => Get<Negation>(c),
        };

    private static ulong Get<TRule>(CpuState* c) where TRule : IFlagRule =>
        (c->FlagRule & 3) switch
        {
            0 => Get<TRule, byte>((byte)c->FlagA, (byte)c->FlagB, (byte)c->FlagR),
            1 => Get<TRule, ushort>((ushort)c->FlagA, (ushort)c->FlagB, (ushort)c->FlagR),
            2 => Get<TRule, uint>((uint)c->FlagA, (uint)c->FlagB, (uint)c->FlagR),
            _ => Get<TRule, ulong>(c->FlagA, c->FlagB, c->FlagR),
        };

    /// <summary>All six flags of one operation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong Get<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> =>
        (TRule.Carry(a, b, r) ? RflagsBit.CF : 0) | (TRule.Parity(a, b, r) ? RflagsBit.PF : 0)
        | (TRule.Adjust(a, b, r) ? RflagsBit.AF : 0) | (TRule.Zero(a, b, r) ? RflagsBit.ZF : 0)
        | (TRule.Sign(a, b, r) ? RflagsBit.SF : 0) | (TRule.Overflow(a, b, r) ? RflagsBit.OF : 0);
}
