using System.Runtime.CompilerServices;

namespace Implementation.Cpu;

/// <summary>Room for a binary number as the x87 instructions round into it.</summary>
/// <param name="Places">of the significand</param>
/// <param name="Least">exponent of the leading digit of the smallest normal number</param>
/// <param name="Greatest">exponent of the leading digit of the greatest number</param>
internal readonly record struct FloatFormat(int Places, int Least, int Greatest)
{
    /// <summary>By how much an overflow or underflow that is not masked moves the exponent of a result (SDM Vol. 1, 8.5.4).</summary>
    private const int Bias = 24576;

    public static FloatFormat Single { get; } = new(24, -126, 127);

    public static FloatFormat Double { get; } = new(53, -1022, 1023);

    /// <summary>A register, in the precision that the control word asks for.</summary>
    public static FloatFormat Register(X87Environment environment) => new(environment.Places, Extended.Least, Extended.Greatest);

    /// <summary>Rounds, and signals what that takes (SDM Vol. 1, 4.9.1.4 to 4.9.1.6).</summary>
    /// <param name="isInfinite">the result is an infinity instead</param>
    public Exact Round(Exact value, X87Environment environment, out bool isInfinite)
    {
        isInfinite = false;
        if (value.IsZero) return value;

        // As if there were exponents beyond the format's.
        Exact unbounded = value.RoundAt(value.Top - (Places - 1), environment.Rounding, out bool isInexact, out bool isUp);
        bool isTiny = unbounded.Top < Least, isHuge = unbounded.Top > Greatest;
        FloatSignals range = isTiny ? FloatSignals.Underflow : isHuge ? FloatSignals.Overflow : FloatSignals.None;
        if (range != FloatSignals.None && !environment.IsMasked(range))
        {
            environment.Signal(range | Imprecision(isInexact, isUp));
            return unbounded with { Exponent = unbounded.Exponent + (isTiny ? Bias : -Bias) };
        }

        if (isHuge)
        {
            isInfinite = environment.Rounding == FloatRounding.ToNearest
                || environment.Rounding == (value.IsNegative ? FloatRounding.Down : FloatRounding.Up);
            environment.Signal(FloatSignals.Overflow | Imprecision(isInexact: true, isInfinite));
            return new(value.IsNegative, Greatest - (Places - 1), (UInt128.One << Places) - 1);
        }

        Exact rounded = value.RoundAt(Math.Max(value.Top, Least) - (Places - 1), environment.Rounding, out isInexact, out isUp);
        environment.Signal(Imprecision(isInexact, isUp) | (isTiny && isInexact ? FloatSignals.Underflow : FloatSignals.None));
        return rounded;
    }

    /// <summary>A number that the format has room for, as a single or a double.</summary>
    public T Encode<T>(Exact value) where T : unmanaged
    {
        ulong sign = value.IsNegative ? 1UL : 0;
        ulong magnitude = 0;
        if (!value.IsZero)
        {
            int shift = value.Exponent - (Math.Max(value.Top, Least) - (Places - 1));
            ulong significand = (ulong)(shift >= 0 ? value.Significand << shift : value.Significand >> -shift);
            // The leading digit of a normal number counts the exponent up.
            magnitude = ((ulong)Math.Max(0, value.Top - Least) << (Places - 1)) + significand;
        }

        if (typeof(T) == typeof(float)) return Unsafe.BitCast<uint, T>((uint)(magnitude | sign << 31));
        return Unsafe.BitCast<ulong, T>(magnitude | sign << 63);
    }

    private static FloatSignals Imprecision(bool isInexact, bool isUp) =>
        (isInexact ? FloatSignals.Inexact : 0) | (isUp ? FloatSignals.RoundedUp : 0);
}
