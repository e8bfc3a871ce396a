using System.Numerics;
using System.Runtime.CompilerServices;

namespace Implementation.Cpu;

/// <summary>An operation of two floating-point numbers, the elements of an instruction; one of a single operand takes the second.</summary>
internal interface IFloatOperation
{
    static abstract T Compute<T>(T a, T b, FloatEnvironment environment) where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>As <see cref="IFloatVectorOperation{T}.TryUsual"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual bool TryUsual<T>(T a, T b, out T result) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        result = a;
        return false;
    }
}

/// <summary>An operation whose result is rounded.</summary>
internal interface IRoundedOperation
{
    /// <summary>By the host: rounded to nearest, with all exceptions masked.</summary>
    static abstract T Nearest<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <param name="cancelled">the sign of the zero in which opposites end</param>
    static abstract Exact Exactly(Exact a, Exact b, bool cancelled);
}

internal readonly struct FloatAdd : IRoundedOperation
{
    public static T Nearest<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => a + b;

    public static Exact Exactly(Exact a, Exact b, bool cancelled) => Exact.Add(a, b, cancelled);
}

internal readonly struct FloatSubtract : IRoundedOperation
{
    public static T Nearest<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => a - b;

    public static Exact Exactly(Exact a, Exact b, bool cancelled) => Exact.Add(a, b.Negated, cancelled);
}

internal readonly struct FloatMultiply : IRoundedOperation
{
    public static T Nearest<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => a * b;

    public static Exact Exactly(Exact a, Exact b, bool cancelled) => Exact.Multiply(a, b);
}

internal readonly struct FloatDivide : IRoundedOperation
{
    public static T Nearest<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => a / b;

    public static Exact Exactly(Exact a, Exact b, bool cancelled) => Exact.Divide(a, b);
}

internal readonly struct FloatSquareRoot : IRoundedOperation
{
    public static T Nearest<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.Sqrt(b);

    public static Exact Exactly(Exact a, Exact b, bool cancelled) => Exact.SquareRoot(b);
}

/// <summary>An operation as MXCSR wants it: SDM Vol. 1, 4.9 and 11.5.</summary>
internal readonly struct Rounded<TOp> : IFloatOperation where TOp : IRoundedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual<T>(T a, T b, out T result) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        result = TOp.Nearest(a, b);
        return T.IsNormal(result) && !T.IsSubnormal(a) && !T.IsSubnormal(b); // No NaN or infinity is behind a normal result.
    }

    public static T Compute<T>(T a, T b, FloatEnvironment environment) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        a = environment.Operand(a);
        b = environment.Operand(b);
        T nearest = TOp.Nearest(a, b);
        bool isFinite = T.IsFinite(a) && T.IsFinite(b);
        if (T.IsNaN(nearest))
        {
            if (T.IsNaN(a) || T.IsNaN(b)) environment.Inspect(a, b);
            else environment.Signal(FloatSignals.Invalid);
            return Nan.Resolve(a, b, nearest);
        }

        if (isFinite && T.IsInfinity(nearest) && T.IsZero(b))
        {
            environment.Signal(FloatSignals.DivideByZero);
            return nearest;
        }

        environment.Inspect(a, b);
        if (!isFinite) return nearest; // Arithmetic with infinities is exact.

        Exact exact = TOp.Exactly(
            Exact.Of(double.CreateTruncating(a)), Exact.Of(double.CreateTruncating(b)), environment.Rounding == FloatRounding.Down);
        return exact.Round<T>(environment);
    }
}

/// <summary>SQRT, which has one operand.</summary>
internal readonly struct RoundedRoot : IFloatOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual<T>(T a, T b, out T result) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Rounded<FloatSquareRoot>.TryUsual(b, b, out result);

    public static T Compute<T>(T a, T b, FloatEnvironment environment) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Rounded<FloatSquareRoot>.Compute(b, b, environment);
}

/// <summary>MIN: the second operand where either is a NaN or both are zero (SDM Vol. 2B, "MINPS").</summary>
internal readonly struct FloatMinimum : IFloatOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual<T>(T a, T b, out T result) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        result = a < b ? a : b;
        return !FloatComparison.NeedsCare(a, b);
    }

    public static T Compute<T>(T a, T b, FloatEnvironment environment) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (a, b) = FloatComparison.Prepare(a, b, environment, quietIsInvalid: true);
        return a < b ? a : b;
    }
}

/// <summary>MAX: the second operand where either is a NaN or both are zero (SDM Vol. 2B, "MAXPS").</summary>
internal readonly struct FloatMaximum : IFloatOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual<T>(T a, T b, out T result) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        result = a > b ? a : b;
        return !FloatComparison.NeedsCare(a, b);
    }

    public static T Compute<T>(T a, T b, FloatEnvironment environment) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (a, b) = FloatComparison.Prepare(a, b, environment, quietIsInvalid: true);
        return a > b ? a : b;
    }
}

/// <summary>RCPPS, RCPSS: within 1.5 × 2⁻¹² is asked; this is correctly rounded, so that runs are alike on every host.</summary>
/// <remarks>Nothing is signalled, and denormals are zeros whatever MXCSR says (SDM Vol. 2B, "RCPPS").</remarks>
internal readonly struct FloatReciprocal : IFloatOperation
{
    public static T Compute<T>(T a, T b, FloatEnvironment environment) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Nan.Resolve(b, b, Flush(T.One / Flush(b)));

    public static T Flush<T>(T value) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        T.IsSubnormal(value) ? T.CopySign(T.Zero, value) : value;
}

/// <summary>RSQRTPS, RSQRTSS: as <see cref="FloatReciprocal"/>.</summary>
internal readonly struct FloatReciprocalSquareRoot : IFloatOperation
{
    public static T Compute<T>(T a, T b, FloatEnvironment environment) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Nan.Resolve(b, b, T.One / T.Sqrt(FloatReciprocal.Flush(b)));
}

/// <summary>What comes before a comparison.</summary>
internal static class FloatComparison
{
    /// <summary>Whether a comparison of the two may signal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool NeedsCare<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        T.IsNaN(a) || T.IsNaN(b) || T.IsSubnormal(a) || T.IsSubnormal(b);

    /// <summary>Signals; the operands as they are to be compared.</summary>
    public static (T A, T B) Prepare<T>(T a, T b, FloatEnvironment environment, bool quietIsInvalid)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        a = environment.Operand(a);
        b = environment.Operand(b);
        environment.Inspect(a, b, quietIsInvalid);
        return (a, b);
    }
}

/// <summary>Which NaN an operation answers (SDM Vol. 1, table 4-7): the first operand that is one, made quiet.</summary>
internal static class Nan
{
    private const uint QuietSingle = 0x0040_0000, IndefiniteSingle = 0xffc0_0000;
    private const ulong QuietDouble = 0x0008_0000_0000_0000, IndefiniteDouble = 0xfff8_0000_0000_0000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Resolve<T>(T a, T b, T result) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        T.IsNaN(result) ? Choose(a, b) : result;

    public static bool IsSignalling<T>(T value) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!T.IsNaN(value)) return false;
        if (typeof(T) == typeof(float)) return (Unsafe.BitCast<T, uint>(value) & QuietSingle) == 0;
        return (Unsafe.BitCast<T, ulong>(value) & QuietDouble) == 0;
    }

    private static T Choose<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (T.IsNaN(a)) return Quiet(a);
        return T.IsNaN(b) ? Quiet(b) : Indefinite<T>();
    }

    private static T Quiet<T>(T value) where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return Unsafe.BitCast<uint, T>(Unsafe.BitCast<T, uint>(value) | QuietSingle);
        return Unsafe.BitCast<ulong, T>(Unsafe.BitCast<T, ulong>(value) | QuietDouble);
    }

    /// <summary>What an invalid operation of numbers answers: SDM Vol. 1, 4.8.3.7.</summary>
    private static T Indefinite<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? Unsafe.BitCast<uint, T>(IndefiniteSingle) : Unsafe.BitCast<ulong, T>(IndefiniteDouble);
}
