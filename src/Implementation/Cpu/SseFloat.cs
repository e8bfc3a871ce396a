using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>An operation of two floating-point numbers, for elements and for whole vectors.</summary>
/// <remarks>
/// Computed in the host's IEEE 754 arithmetic, round to nearest. What is not modelled: MXCSR's other rounding modes (only
/// conversions to integers obey), flush-to-zero and denormals-are-zero, the sticky exception flags,
/// and #XM; a guest that leaves MXCSR at its reset value 1F80h cannot see a difference but in the flags.
/// </remarks>
internal interface IFloatOperation
{
    static abstract T Compute<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

internal readonly struct FloatAdd : IFloatOperation
{
    public static T Compute<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => Nan.Resolve(a, b, a + b);
}

internal readonly struct FloatSubtract : IFloatOperation
{
    public static T Compute<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => Nan.Resolve(a, b, a - b);
}

internal readonly struct FloatMultiply : IFloatOperation
{
    public static T Compute<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => Nan.Resolve(a, b, a * b);
}

internal readonly struct FloatDivide : IFloatOperation
{
    public static T Compute<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => Nan.Resolve(a, b, a / b);
}

/// <summary>MIN: the second operand where either is a NaN or both are zero (SDM Vol. 2B, "MINPS").</summary>
internal readonly struct FloatMinimum : IFloatOperation
{
    public static T Compute<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => a < b ? a : b;
}

/// <summary>MAX: the second operand where either is a NaN or both are zero (SDM Vol. 2B, "MAXPS").</summary>
internal readonly struct FloatMaximum : IFloatOperation
{
    public static T Compute<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => a > b ? a : b;
}

internal readonly struct FloatSquareRoot : IFloatOperation
{
    public static T Compute<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => Nan.Resolve(b, b, T.Sqrt(b));
}

/// <summary>RCPPS, RCPSS: within 1.5 × 2⁻¹² is asked; this is correctly rounded, so that runs are alike on every host.</summary>
internal readonly struct FloatReciprocal : IFloatOperation
{
    public static T Compute<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => Nan.Resolve(b, b, T.One / b);
}

/// <summary>RSQRTPS, RSQRTSS: as <see cref="FloatReciprocal"/>.</summary>
internal readonly struct FloatReciprocalSquareRoot : IFloatOperation
{
    public static T Compute<T>(T a, T b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Nan.Resolve(b, b, T.One / T.Sqrt(b));
}

/// <summary>The result of one pair, the higher elements of DEST kept.</summary>
internal readonly struct ScalarFloat<TOp, T> : IVectorOperation<T>
    where TOp : IFloatOperation where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Xmm Compute(Xmm dest, T src, Control control)
    {
        Vector128<T> elements = dest.As<byte, T>();
        return elements.WithElement(0, TOp.Compute(elements[0], src)).AsByte();
    }
}

/// <summary>The results of all pairs.</summary>
internal readonly struct PackedFloat<TOp, T> : IVectorOperation<Xmm>
    where TOp : IFloatOperation where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control)
    {
        Vector128<T> a = dest.As<byte, T>(), b = src.As<byte, T>(), result = a;
        for (int i = 0; i < Vector128<T>.Count; i++) result = result.WithElement(i, TOp.Compute(a[i], b[i]));
        return result.AsByte();
    }
}

/// <summary>HADDPS and its sisters: the operation of neighbours, DEST's in the lower half of the result, SRC's in the upper.</summary>
internal readonly struct HorizontalFloat<TOp, T> : IVectorOperation<Xmm>
    where TOp : IFloatOperation where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control)
    {
        Vector128<T> a = dest.As<byte, T>(), b = src.As<byte, T>(), result = a;
        int half = Vector128<T>.Count / 2;
        for (int i = 0; i < half; i++)
        {
            result = result.WithElement(i, TOp.Compute(a[2 * i], a[(2 * i) + 1]));
            result = result.WithElement(half + i, TOp.Compute(b[2 * i], b[(2 * i) + 1]));
        }

        return result.AsByte();
    }
}

/// <summary>ADDSUBPS, ADDSUBPD: even elements subtracted, odd ones added.</summary>
internal readonly struct AlternatingFloat<T> : IVectorOperation<Xmm> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control)
    {
        Vector128<T> a = dest.As<byte, T>(), b = src.As<byte, T>(), result = a;
        for (int i = 0; i < Vector128<T>.Count; i++)
            result = result.WithElement(i, i % 2 == 0 ? FloatSubtract.Compute(a[i], b[i]) : FloatAdd.Compute(a[i], b[i]));
        return result.AsByte();
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

/// <summary>Arithmetic of packed and scalar singles and doubles (SDM Vol. 1, 10.4.1.2, 11.4.1.2 and 12.3).</summary>
internal static class SseFloat
{
    public static void Register(InstructionTable table)
    {
        Add<FloatAdd>(table, Mnemonic.Addps, Mnemonic.Addpd, Mnemonic.Addss, Mnemonic.Addsd);
        Add<FloatSubtract>(table, Mnemonic.Subps, Mnemonic.Subpd, Mnemonic.Subss, Mnemonic.Subsd);
        Add<FloatMultiply>(table, Mnemonic.Mulps, Mnemonic.Mulpd, Mnemonic.Mulss, Mnemonic.Mulsd);
        Add<FloatDivide>(table, Mnemonic.Divps, Mnemonic.Divpd, Mnemonic.Divss, Mnemonic.Divsd);
        Add<FloatMinimum>(table, Mnemonic.Minps, Mnemonic.Minpd, Mnemonic.Minss, Mnemonic.Minsd);
        Add<FloatMaximum>(table, Mnemonic.Maxps, Mnemonic.Maxpd, Mnemonic.Maxss, Mnemonic.Maxsd);
        Add<FloatSquareRoot>(table, Mnemonic.Sqrtps, Mnemonic.Sqrtpd, Mnemonic.Sqrtss, Mnemonic.Sqrtsd);

        SseForms.Add<HorizontalFloat<FloatAdd, float>>(table, Mnemonic.Haddps);
        SseForms.Add<HorizontalFloat<FloatAdd, double>>(table, Mnemonic.Haddpd);
        SseForms.Add<HorizontalFloat<FloatSubtract, float>>(table, Mnemonic.Hsubps);
        SseForms.Add<HorizontalFloat<FloatSubtract, double>>(table, Mnemonic.Hsubpd);
        SseForms.Add<AlternatingFloat<float>>(table, Mnemonic.Addsubps);
        SseForms.Add<AlternatingFloat<double>>(table, Mnemonic.Addsubpd);

        SseForms.Add<PackedFloat<FloatReciprocal, float>>(table, Mnemonic.Rcpps);
        SseForms.Add<ScalarFloat<FloatReciprocal, float>, float>(table, Mnemonic.Rcpss);
        SseForms.Add<PackedFloat<FloatReciprocalSquareRoot, float>>(table, Mnemonic.Rsqrtps);
        SseForms.Add<ScalarFloat<FloatReciprocalSquareRoot, float>, float>(table, Mnemonic.Rsqrtss);
    }

    private static void Add<TOp>(InstructionTable table, Mnemonic singles, Mnemonic doubles, Mnemonic single, Mnemonic @double)
        where TOp : IFloatOperation
    {
        SseForms.Add<PackedFloat<TOp, float>>(table, singles);
        SseForms.Add<PackedFloat<TOp, double>>(table, doubles);
        SseForms.Add<ScalarFloat<TOp, float>, float>(table, single);
        SseForms.Add<ScalarFloat<TOp, double>, double>(table, @double);
    }
}
