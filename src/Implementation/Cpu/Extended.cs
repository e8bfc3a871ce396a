using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Implementation.Cpu;

/// <summary>A number in double extended format, as the x87 registers hold it (SDM Vol. 1, 4.2.2 and 8.2.2).</summary>
/// <param name="Significand">with its integer bit, the highest</param>
/// <param name="SignAndExponent">the sign, and the exponent with a bias of 16383</param>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal readonly record struct Extended(ulong Significand, ushort SignAndExponent)
{
    /// <summary>Exponents of the leading digits of normal numbers.</summary>
    public const int Least = -16382, Greatest = 16383;

    public const int Places = 64;

    private const ushort Sign = 0x8000, Special = 0x7fff;
    private const ulong IntegerBit = 1UL << 63, QuietBit = 1UL << 62;

    /// <summary>What an invalid operation answers.</summary>
    public static Extended Indefinite => new(IntegerBit | QuietBit, Sign | Special);

    public bool IsNegative => (SignAndExponent & Sign) != 0;

    public bool IsZero => BiasedExponent == 0 && Significand == 0;

    /// <summary>Also one that has the integer bit of a normal number.</summary>
    public bool IsDenormal => BiasedExponent == 0 && Significand != 0;

    /// <summary>What processors before the 387 had: without the integer bit that the exponent asks for. No operation takes it.</summary>
    public bool IsUnsupported => BiasedExponent != 0 && (Significand & IntegerBit) == 0;

    public bool IsInfinite => BiasedExponent == Special && Significand == IntegerBit;

    public bool IsNaN => BiasedExponent == Special && Significand > IntegerBit;

    public bool IsSignalling => IsNaN && (Significand & QuietBit) == 0;

    public Extended Quiet => this with { Significand = Significand | QuietBit };

    public Extended Negated => this with { SignAndExponent = (ushort)(SignAndExponent ^ Sign) };

    public Extended Magnitude => this with { SignAndExponent = BiasedExponent };

    /// <summary>A double of the same class and sign, by which the host says what becomes of zeros and infinities.</summary>
    public double Representative => (IsNegative ? -1d : 1d) * (IsZero ? 0d : IsInfinite ? double.PositiveInfinity : 1d);

    private ushort BiasedExponent => (ushort)(SignAndExponent & Special);

    public static Extended Zero(bool isNegative) => new(0, isNegative ? Sign : (ushort)0);

    public static Extended Infinity(bool isNegative) => new(IntegerBit, (ushort)((isNegative ? Sign : 0) | Special));

    /// <summary>A number that the format has room for.</summary>
    public static Extended Of(Exact value)
    {
        if (value.IsZero) return Zero(value.IsNegative);

        int last = Math.Max(value.Top, Least) - (Places - 1), shift = value.Exponent - last;
        ulong significand = (ulong)(shift >= 0 ? value.Significand << shift : value.Significand >> -shift);
        int biased = value.Top < Least ? 0 : value.Top + Greatest;
        return new(significand, (ushort)(biased | (value.IsNegative ? Sign : 0)));
    }

    /// <summary>A single or double, as it is: one that signals still does.</summary>
    public static Extended Of<T>(T value) where T : unmanaged
    {
        double wide = typeof(T) == typeof(float) ? Unsafe.BitCast<T, float>(value) : Unsafe.BitCast<T, double>(value);
        bool isNegative = double.IsNegative(wide);
        if (double.IsInfinity(wide)) return Infinity(isNegative);
        if (!double.IsNaN(wide)) return Of(Exact.Of(wide));

        // By hand, since the host's own conversion would make it quiet.
        ulong fraction = typeof(T) == typeof(float) ? (ulong)Unsafe.BitCast<T, uint>(value) << 40 : Unsafe.BitCast<T, ulong>(value) << 11;
        return new(fraction | IntegerBit, (ushort)(Special | (isNegative ? Sign : 0)));
    }

    /// <summary>A finite number.</summary>
    public Exact ToExact()
    {
        int missing = IsZero ? 0 : System.Numerics.BitOperations.LeadingZeroCount(Significand);
        return new(IsNegative, Math.Max((int)BiasedExponent, 1) - Greatest - (Places - 1) - missing, Significand << missing);
    }

    /// <summary>An infinity, or the upper places of a NaN made quiet, in a shorter format.</summary>
    public T ToSpecial<T>() where T : unmanaged
    {
        ulong fraction = IsInfinite ? 0 : (Significand | QuietBit) << 1;
        if (typeof(T) == typeof(float)) return Unsafe.BitCast<uint, T>((IsNegative ? 1u << 31 : 0) | 0x7f80_0000 | (uint)(fraction >> 41));
        return Unsafe.BitCast<ulong, T>((IsNegative ? 1UL << 63 : 0) | 0x7ff0_0000_0000_0000 | fraction >> 12);
    }
}
