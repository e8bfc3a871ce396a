using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Implementation.Cpu;

/// <summary>An operation of two floating-point numbers, the elements of an instruction; one of a single operand takes the second.</summary>
internal interface IFloatOperation
{
    static abstract T Compute<T>(T a, T b, FloatEnvironment environment) where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>As <see cref="IFloatVectorOperation{T}.IsComparison"/>.</summary>
    static virtual bool IsComparison => false;

    /// <summary>As <see cref="IFloatVectorOperation{T}.TryUsual"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual bool TryUsual<T>(T a, T b, out T result) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        result = a;
        return false;
    }

    /// <summary>The same for all elements of a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual bool TryUsual<T>(Vector128<T> a, Vector128<T> b, out Vector128<T> result) where T : unmanaged, IBinaryFloatingPointIeee754<T>
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

/// <summary>One of SSE instructions, whose usual results are the host's own.</summary>
internal interface IHostedOperation : IRoundedOperation
{
    /// <inheritdoc cref="IRoundedOperation.Nearest{T}(T, T)"/>
    static abstract Vector128<T> Nearest<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Whether a result of zero is exact, and not what is left of a number too small; of operands that are not denormal.</summary>
    static abstract bool IsZeroExact<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <inheritdoc cref="IsZeroExact{T}(T, T)"/>
    /// <returns>all ones in the elements where it is</returns>
    static abstract Vector128<T> IsZeroExact<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

internal readonly struct FloatAdd : IHostedOperation
{
    public static T Nearest<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Nearest<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => a + b;

    public static Exact Exactly(Exact a, Exact b, bool cancelled) => Exact.Add(a, b, cancelled);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZeroExact<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> IsZeroExact<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector128<T>.AllBitsSet;
}

internal readonly struct FloatSubtract : IHostedOperation
{
    public static T Nearest<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Nearest<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => a - b;

    public static Exact Exactly(Exact a, Exact b, bool cancelled) => Exact.Add(a, b.Negated, cancelled);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZeroExact<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> IsZeroExact<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector128<T>.AllBitsSet;
}

internal readonly struct FloatMultiply : IHostedOperation
{
    public static T Nearest<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Nearest<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => a * b;

    public static Exact Exactly(Exact a, Exact b, bool cancelled) => Exact.Multiply(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZeroExact<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.IsZero(a) || T.IsZero(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> IsZeroExact<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector128.IsZero(a) | Vector128.IsZero(b);
}

internal readonly struct FloatDivide : IHostedOperation
{
    public static T Nearest<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Nearest<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => a / b;

    public static Exact Exactly(Exact a, Exact b, bool cancelled) => Exact.Divide(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZeroExact<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.IsZero(a) || T.IsInfinity(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> IsZeroExact<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector128.IsZero(a) | Vector128.IsInfinity(b);
}

internal readonly struct FloatSquareRoot : IHostedOperation
{
    public static T Nearest<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.Sqrt(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Nearest<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector128.Sqrt(b);

    public static Exact Exactly(Exact a, Exact b, bool cancelled) => Exact.SquareRoot(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZeroExact<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> IsZeroExact<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector128<T>.AllBitsSet;
}

/// <summary>An operation as MXCSR wants it: SDM Vol. 1, 4.9 and 11.5.</summary>
internal readonly struct Rounded<TOp> : IFloatOperation where TOp : IHostedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual<T>(T a, T b, out T result) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        result = TOp.Nearest(a, b);
        if (T.IsSubnormal(a) || T.IsSubnormal(b)) return false;
        return T.IsNormal(result) || (T.IsZero(result) && TOp.IsZeroExact(a, b)); // No NaN is behind a normal result or a zero.
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual<T>(Vector128<T> a, Vector128<T> b, out Vector128<T> result) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        result = TOp.Nearest(a, b);
        Vector128<T> isRight = Vector128.IsNormal(result) | (Vector128.IsZero(result) & TOp.IsZeroExact(a, b));
        return Vector128.AndNot(isRight, Vector128.IsSubnormal(a) | Vector128.IsSubnormal(b)).AsByte() == Vector128<byte>.AllBitsSet;
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual<T>(Vector128<T> a, Vector128<T> b, out Vector128<T> result) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Rounded<FloatSquareRoot>.TryUsual(b, b, out result);

    public static T Compute<T>(T a, T b, FloatEnvironment environment) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Rounded<FloatSquareRoot>.Compute(b, b, environment);
}

/// <summary>MIN: the second operand where either is a NaN or both are zero (SDM Vol. 2B, "MINPS").</summary>
internal readonly struct FloatMinimum : IFloatOperation
{
    public static bool IsComparison => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual<T>(T a, T b, out T result) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        result = a < b ? a : b;
        return !FloatComparison.NeedsCare(a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual<T>(Vector128<T> a, Vector128<T> b, out Vector128<T> result) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        result = Vector128.ConditionalSelect(Vector128.LessThan(a, b), a, b);
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
    public static bool IsComparison => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual<T>(T a, T b, out T result) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        result = a > b ? a : b;
        return !FloatComparison.NeedsCare(a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual<T>(Vector128<T> a, Vector128<T> b, out Vector128<T> result) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        result = Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), a, b);
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
    public static bool NeedsCare<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => !IsPlain(a) || !IsPlain(b);

    /// <summary>Whether one of any two elements may.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool NeedsCare<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        (Vector128.IsNaN(a) | Vector128.IsNaN(b) | Vector128.IsSubnormal(a) | Vector128.IsSubnormal(b)).AsByte() != Vector128<byte>.Zero;

    /// <summary>A normal number, an infinity or a zero: what is neither a NaN nor denormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlain<T>(T value) where T : unmanaged
    {
        // Without the sign, normal numbers and infinities lie from the least exponent to the largest.
        if (typeof(T) == typeof(float))
        {
            uint single = Unsafe.BitCast<T, uint>(value) << 1;
            return single - (1u << 24) <= (0xfeu << 24) || single == 0;
        }

        ulong bits = Unsafe.BitCast<T, ulong>(value) << 1;
        return bits - (1UL << 53) <= (0x7feUL << 53) || bits == 0;
    }

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
