using System.Numerics;
using System.Runtime.CompilerServices;

namespace Implementation.Cpu;

/// <summary>A finite number, ±Significand × 2^Exponent, before it is rounded into a format.</summary>
/// <remarks>
/// A result of more places than there is room for has its lowest bit set for all that was cut off, which rounds the same as long as
/// at least two places are to be cut.
/// </remarks>
internal readonly record struct Exact(bool IsNegative, int Exponent, UInt128 Significand)
{
    /// <summary>Places of a double's significand, which every number read from a register has after <see cref="Of(double)"/>.</summary>
    private const int Places = 53;

    /// <summary>Places that sums and quotients get beside those of their operands, which have at most 64.</summary>
    private const int Spare = 62;

    /// <summary>Pairs of places of a radicand, and pairs of zeros behind them, each of which gives its root a place.</summary>
    private const int RadicandPairs = 33, SparePairs = 36;

    public bool IsZero => Significand == UInt128.Zero;

    /// <summary>The exponent of the leading digit of a number that is not zero.</summary>
    public int Top => Exponent + Bits - 1;

    private int Bits => 128 - (int)UInt128.LeadingZeroCount(Significand);

    /// <summary>A double or single; unless zero, with all <see cref="Places"/>.</summary>
    public static Exact Of(double value)
    {
        const int Bias = 1023 + Places - 1;

        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        ulong fraction = bits & ((1UL << (Places - 1)) - 1);
        int biased = (int)(bits >> (Places - 1)) & 0x7ff;
        if (biased != 0) return new(double.IsNegative(value), biased - Bias, fraction | (1UL << (Places - 1)));

        int missing = fraction == 0 ? 0 : BitOperations.LeadingZeroCount(fraction) - (64 - Places);
        return new(double.IsNegative(value), 1 - Bias - missing, fraction << missing);
    }

    public static Exact Of(long value) => new(value < 0, 0, value < 0 ? unchecked(0UL - (ulong)value) : (ulong)value);

    public Exact Negated => this with { IsNegative = !IsNegative };

    /// <param name="cancelled">the sign of the zero in which opposites end</param>
    public static Exact Add(Exact a, Exact b, bool cancelled)
    {
        if (a.IsZero || b.IsZero)
        {
            if (a.IsZero && b.IsZero) return a with { IsNegative = a.IsNegative == b.IsNegative ? a.IsNegative : cancelled };
            return a.IsZero ? b : a;
        }

        if (a.Exponent < b.Exponent) (a, b) = (b, a);
        UInt128 large = a.Significand << Spare, small = b.Significand << Spare;
        small = ShiftRight(small, a.Exponent - b.Exponent);
        int exponent = a.Exponent - Spare;
        if (a.IsNegative == b.IsNegative) return new(a.IsNegative, exponent, large + small);
        if (large == small) return new(cancelled, exponent, UInt128.Zero);
        return large > small ? new(a.IsNegative, exponent, large - small) : new(b.IsNegative, exponent, small - large);
    }

    public static Exact Multiply(Exact a, Exact b) =>
        new(a.IsNegative != b.IsNegative, a.Exponent + b.Exponent, a.Significand * b.Significand);

    /// <param name="b">not zero</param>
    public static Exact Divide(Exact a, Exact b)
    {
        // In two steps, for as many places as no dividend of 128 would give.
        (UInt128 upper, UInt128 between) = UInt128.DivRem(a.Significand << Spare, b.Significand);
        (UInt128 lower, UInt128 rest) = UInt128.DivRem(between << Spare, b.Significand);
        return new(a.IsNegative != b.IsNegative, a.Exponent - (2 * Spare) - b.Exponent, Jam(upper << Spare | lower, rest != UInt128.Zero));
    }

    /// <summary>Digit by digit, as by hand.</summary>
    /// <param name="a">not negative, or zero</param>
    public static Exact SquareRoot(Exact a)
    {
        int odd = a.Exponent & 1; // What is left must be a square's exponent.
        UInt128 radicand = a.Significand << odd, root = UInt128.Zero, rest = UInt128.Zero;
        for (int pair = RadicandPairs - 1; pair >= -SparePairs; pair--)
        {
            UInt128 trial = root << 2 | 1;
            rest = rest << 2 | (pair < 0 ? UInt128.Zero : radicand >> (2 * pair) & 3);
            root <<= 1;
            if (rest < trial) continue;
            rest -= trial;
            root |= 1;
        }

        return new(a.IsNegative, ((a.Exponent - odd) / 2) - SparePairs, Jam(root, rest != UInt128.Zero));
    }

    /// <summary>Rounds to a multiple of a power of two.</summary>
    /// <param name="exponent">of the power</param>
    /// <param name="isUp">whether the magnitude has grown</param>
    public Exact RoundAt(int exponent, FloatRounding rounding, out bool isInexact, out bool isUp)
    {
        const int MostPlaces = 126;

        isInexact = isUp = false;
        int places = exponent - Exponent;
        if (places <= 0 || IsZero) return this;

        UInt128 significand = ShiftRight(Significand, Math.Max(0, places - MostPlaces));
        places = Math.Min(places, MostPlaces);
        UInt128 digits = significand >> places, rest = significand - (digits << places), half = UInt128.One << (places - 1);
        isInexact = rest != UInt128.Zero;
        isUp = rounding == FloatRounding.ToNearest
            ? rest > half || (rest == half && UInt128.IsOddInteger(digits))
            : isInexact && rounding == (IsNegative ? FloatRounding.Down : FloatRounding.Up);
        return new(IsNegative, exponent, isUp ? digits + UInt128.One : digits);
    }

    /// <summary>Rounds into a format as MXCSR says and signals what that takes (SDM Vol. 1, 4.9.1.4 to 4.9.1.6).</summary>
    public T Round<T>(FloatEnvironment environment) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int places = typeof(T) == typeof(float) ? 24 : 53;
        int least = typeof(T) == typeof(float) ? -149 : -1074; // Exponent of the last place of denormals.
        ulong infinity = (typeof(T) == typeof(float) ? 0xffUL : 0x7ffUL) << (places - 1);
        if (IsZero) return Encode<T>(0);

        int cut = Bits - places; // To full precision; and how far its last place then lies below the format's.
        int below = least - (Exponent + cut);
        bool isTiny = false;
        if (below > 0)
        {
            ulong unbounded = Cut(cut, environment, out bool isCut); // As if there were exponents below the format's.
            isTiny = below > 1 || unbounded >> places == 0;
            bool isPending = isTiny && !environment.IsMasked(FloatSignals.Underflow);
            if (isPending || (isTiny && environment.FlushesToZero))
            {
                environment.Signal(FloatSignals.Underflow | (isCut || !isPending ? FloatSignals.Inexact : 0));
                return Encode<T>(0);
            }

            cut = Math.Min(cut + below, Bits + 1);
        }

        ulong digits = Cut(cut, environment, out bool isInexact);
        if (isInexact) environment.Signal(FloatSignals.Inexact | (isTiny ? FloatSignals.Underflow : 0));

        // The leading digit of a normal number, and a carry out of it, count the exponent up.
        ulong magnitude = ((ulong)Math.Max(0, -below) << (places - 1)) + digits;
        if (magnitude < infinity) return Encode<T>(magnitude);

        environment.Signal(FloatSignals.Overflow);
        if (environment.IsMasked(FloatSignals.Overflow)) environment.Signal(FloatSignals.Inexact);
        bool isInfinite = environment.Rounding == FloatRounding.ToNearest || environment.RoundsAway(IsNegative);
        return Encode<T>(isInfinite ? infinity : infinity - 1);
    }

    /// <summary>The significand without its last <paramref name="places"/>, rounded; with zeros appended where the count is negative.</summary>
    private ulong Cut(int places, FloatEnvironment environment, out bool isInexact)
    {
        isInexact = false;
        if (places <= 0) return (ulong)(Significand << -places);

        UInt128 digits = Significand >> places, rest = Significand - (digits << places), half = UInt128.One << (places - 1);
        isInexact = rest != UInt128.Zero;
        bool isUp = environment.Rounding == FloatRounding.ToNearest
            ? rest > half || (rest == half && UInt128.IsOddInteger(digits))
            : isInexact && environment.RoundsAway(IsNegative);
        return (ulong)digits + (isUp ? 1UL : 0);
    }

    private T Encode<T>(ulong magnitude) where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return Unsafe.BitCast<uint, T>((uint)magnitude | (IsNegative ? 1u << 31 : 0));
        return Unsafe.BitCast<ulong, T>(magnitude | (IsNegative ? 1UL << 63 : 0));
    }

    private static UInt128 ShiftRight(UInt128 value, int places)
    {
        if (places == 0) return value;
        UInt128 shifted = places < 128 ? value >> places : UInt128.Zero;
        return Jam(shifted, places >= 128 || (value & ((UInt128.One << places) - 1)) != UInt128.Zero);
    }

    private static UInt128 Jam(UInt128 value, bool hasMore) => hasMore ? value | UInt128.One : value;
}
