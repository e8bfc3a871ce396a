namespace Implementation.Cpu;

/// <summary>An operand of an x87 instruction.</summary>
/// <param name="Value">as a register would hold it</param>
/// <param name="IsDenormal">in the format that it came in</param>
internal readonly record struct X87Operand(Extended Value, bool IsDenormal)
{
    public static X87Operand Of(Extended value) => new(value, value.IsDenormal);

    /// <summary>An integer, a single or a double.</summary>
    public static X87Operand Of<T>(T value) where T : unmanaged => value switch
    {
        short integer => new(Extended.Of(Exact.Of(integer)), false),
        int integer => new(Extended.Of(Exact.Of(integer)), false),
        long integer => new(Extended.Of(Exact.Of(integer)), false),
        float single => new(Extended.Of(value), float.IsSubnormal(single)),
        double @double => new(Extended.Of(value), double.IsSubnormal(@double)),
        _ => throw new ArgumentException($"no x87 operand is of type {typeof(T)}", nameof(value)),
    };
}

/// <summary>An operation with its operands the other way round: FSUBR, FDIVR.</summary>
internal readonly struct Reversed<TOp> : IRoundedOperation where TOp : IRoundedOperation
{
    public static T Nearest<T>(T a, T b) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> => TOp.Nearest(b, a);

    public static Exact Exactly(Exact a, Exact b, bool cancelled) => TOp.Exactly(b, a, cancelled);
}

/// <summary>Arithmetic of the double extended format, exact before it is rounded (SDM Vol. 1, 4.8.3, 4.9 and 8.5).</summary>
internal static class X87Arithmetic
{
    /// <summary>What a comparison found, as C3, C2 and C0 of the status word.</summary>
    public const ushort Less = 0x100, Equal = 0x4000, Greater = 0, Unordered = 0x4500;

    public static Extended Compute<TOp>(X87Operand a, X87Operand b, X87Environment environment) where TOp : IRoundedOperation
    {
        if (a.Value.IsUnsupported || b.Value.IsUnsupported) return environment.Invalid();
        if (a.Value.IsNaN || b.Value.IsNaN) return ChooseNaN(a.Value, b.Value, environment);

        double outcome = TOp.Nearest(a.Value.Representative, b.Value.Representative);
        bool isFinite = !a.Value.IsInfinite && !b.Value.IsInfinite;
        if (double.IsNaN(outcome)) return environment.Invalid();
        if (double.IsInfinity(outcome) && isFinite)
        {
            environment.Signal(FloatSignals.DivideByZero);
            return Extended.Infinity(double.IsNegative(outcome));
        }

        if (a.IsDenormal || b.IsDenormal) environment.Signal(FloatSignals.Denormal);
        if (double.IsInfinity(outcome)) return Extended.Infinity(double.IsNegative(outcome));
        if (!isFinite) return Extended.Zero(double.IsNegative(outcome));
        return ToRegister(TOp.Exactly(a.Value.ToExact(), b.Value.ToExact(), environment.Rounding == FloatRounding.Down), environment);
    }

    /// <summary>FRNDINT.</summary>
    public static Extended RoundToInteger(Extended value, X87Environment environment)
    {
        if (value.IsUnsupported) return environment.Invalid();
        if (value.IsNaN) return ChooseNaN(value, value, environment);
        if (value.IsDenormal) environment.Signal(FloatSignals.Denormal);
        if (value.IsInfinite) return value;

        Exact rounded = value.ToExact().RoundAt(0, environment.Rounding, out bool isInexact, out bool isUp);
        environment.Signal((isInexact ? FloatSignals.Inexact : 0) | (isUp ? FloatSignals.RoundedUp : 0));
        return Extended.Of(rounded);
    }

    /// <summary>FLD: a NaN is made quiet, and a denormal told of.</summary>
    public static Extended Load(X87Operand operand, X87Environment environment)
    {
        if (operand.IsDenormal) environment.Signal(FloatSignals.Denormal);
        return operand.Value.IsNaN ? ChooseNaN(operand.Value, operand.Value, environment) : operand.Value;
    }

    /// <summary>FST to a single or a double.</summary>
    public static T Store<T>(Extended value, X87Environment environment) where T : unmanaged
    {
        if (value.IsUnsupported) value = environment.Invalid();
        if (value.IsSignalling) environment.Signal(FloatSignals.Invalid);
        if (value.IsNaN || value.IsInfinite) return value.ToSpecial<T>();

        FloatFormat format = typeof(T) == typeof(float) ? FloatFormat.Single : FloatFormat.Double;
        Exact rounded = format.Round(value.ToExact(), environment, out bool isInfinite);
        return isInfinite ? Extended.Infinity(value.IsNegative).ToSpecial<T>() : format.Encode<T>(rounded);
    }

    /// <summary>FIST and FISTTP: what does not fit is an invalid operation, and answers the most negative integer.</summary>
    /// <param name="bits">of the integer: 16, 32 or 64</param>
    public static long StoreInteger(Extended value, int bits, FloatRounding rounding, X87Environment environment)
    {
        long indefinite = long.MinValue >> (64 - bits);
        if (value.IsZero) return 0;
        if (!value.IsUnsupported && !value.IsNaN && !value.IsInfinite)
        {
            Exact rounded = value.ToExact().RoundAt(0, rounding, out bool isInexact, out bool isUp);
            bool isMostNegative = rounded.IsNegative && rounded.Significand == UInt128.One << (bits - 1 - Math.Max(0, rounded.Exponent));
            if (rounded.IsZero || rounded.Top < bits - 1 || (rounded.Top == bits - 1 && isMostNegative))
            {
                environment.Signal((isInexact ? FloatSignals.Inexact : 0) | (isUp ? FloatSignals.RoundedUp : 0));
                long magnitude = unchecked((long)(ulong)(rounded.Significand << Math.Max(0, rounded.Exponent)));
                return rounded.IsNegative ? unchecked(-magnitude) : magnitude;
            }
        }

        environment.Signal(FloatSignals.Invalid);
        return indefinite;
    }

    /// <param name="quietIsInvalid">FCOM: every NaN is an invalid operand; FUCOM: only one that signals</param>
    /// <returns>as C3, C2 and C0 say it</returns>
    public static ushort Compare(X87Operand a, X87Operand b, bool quietIsInvalid, X87Environment environment)
    {
        if (a.Value.IsUnsupported || b.Value.IsUnsupported)
        {
            environment.Signal(FloatSignals.Invalid);
            return Unordered;
        }

        if (a.Value.IsNaN || b.Value.IsNaN)
        {
            if (quietIsInvalid || a.Value.IsSignalling || b.Value.IsSignalling) environment.Signal(FloatSignals.Invalid);
            return Unordered;
        }

        if (a.IsDenormal || b.IsDenormal) environment.Signal(FloatSignals.Denormal);
        int order = Order(a.Value, b.Value);
        return order < 0 ? Less : order > 0 ? Greater : Equal;
    }

    private static Extended ToRegister(Exact exact, X87Environment environment)
    {
        Exact rounded = FloatFormat.Register(environment).Round(exact, environment, out bool isInfinite);
        return isInfinite ? Extended.Infinity(exact.IsNegative) : Extended.Of(rounded);
    }

    /// <summary>A quiet NaN before one that signals, else that of the larger significand, else the positive one (SDM Vol. 1, table 4-7).</summary>
    private static Extended ChooseNaN(Extended a, Extended b, X87Environment environment)
    {
        if (a.IsSignalling || b.IsSignalling) environment.Signal(FloatSignals.Invalid);
        if (!b.IsNaN) return a.Quiet;
        if (!a.IsNaN) return b.Quiet;
        if (a.IsSignalling != b.IsSignalling) return a.IsSignalling ? b : a;
        if (a.Significand != b.Significand) return (a.Significand > b.Significand ? a : b).Quiet;
        return (a.IsNegative ? b : a).Quiet;
    }

    /// <summary>Of two numbers or infinities.</summary>
    private static int Order(Extended a, Extended b)
    {
        if (a.IsZero && b.IsZero) return 0;
        if (a.IsNegative != b.IsNegative) return a.IsNegative ? -1 : 1;

        int magnitude = Rank(a).CompareTo(Rank(b));
        return a.IsNegative ? -magnitude : magnitude;

        // With the exponent first. A denormal has the exponent of the smallest normal numbers, and so has one with an integer bit.
        static UInt128 Rank(Extended value) =>
            (UInt128)Math.Max(value.Magnitude.SignAndExponent, (ushort)1) << Extended.Places | value.Significand;
    }
}
