using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>The result of one pair, the higher elements of DEST kept.</summary>
internal readonly struct ScalarFloat<TOp, T> : IFloatVectorOperation<T>
    where TOp : IFloatOperation where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static bool IsComparison => TOp.IsComparison;

    public static Xmm Compute(Xmm dest, T src, Control control, FloatEnvironment environment)
    {
        Vector128<T> elements = dest.As<byte, T>();
        return elements.WithElement(0, TOp.Compute(elements[0], src, environment)).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual(Xmm dest, T src, Control control, out Xmm result)
    {
        Vector128<T> elements = dest.As<byte, T>();
        bool isRight = TOp.TryUsual(elements[0], src, out T element);
        result = elements.WithElement(0, element).AsByte();
        return isRight;
    }
}

/// <summary>The results of all pairs.</summary>
internal readonly struct PackedFloat<TOp, T> : IFloatVectorOperation<Xmm>
    where TOp : IFloatOperation where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static bool IsComparison => TOp.IsComparison;

    public static Xmm Compute(Xmm dest, Xmm src, Control control, FloatEnvironment environment)
    {
        Vector128<T> a = dest.As<byte, T>(), b = src.As<byte, T>(), result = a;
        for (int i = 0; i < Vector128<T>.Count; i++) result = result.WithElement(i, TOp.Compute(a[i], b[i], environment));
        return result.AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual(Xmm dest, Xmm src, Control control, out Xmm result)
    {
        bool isRight = TOp.TryUsual(dest.As<byte, T>(), src.As<byte, T>(), out Vector128<T> elements);
        result = elements.AsByte();
        return isRight;
    }
}

/// <summary>HADDPS and its sisters: the operation of neighbours, DEST's in the lower half of the result, SRC's in the upper.</summary>
internal readonly struct HorizontalFloat<TOp, T> : IFloatVectorOperation<Xmm>
    where TOp : IFloatOperation where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control, FloatEnvironment environment)
    {
        Vector128<T> a = dest.As<byte, T>(), b = src.As<byte, T>(), result = a;
        int half = Vector128<T>.Count / 2;
        for (int i = 0; i < half; i++)
        {
            result = result.WithElement(i, TOp.Compute(a[2 * i], a[(2 * i) + 1], environment));
            result = result.WithElement(half + i, TOp.Compute(b[2 * i], b[(2 * i) + 1], environment));
        }

        return result.AsByte();
    }
}

/// <summary>ADDSUBPS, ADDSUBPD: even elements subtracted, odd ones added.</summary>
internal readonly struct AlternatingFloat<T> : IFloatVectorOperation<Xmm> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control, FloatEnvironment environment)
    {
        Vector128<T> a = dest.As<byte, T>(), b = src.As<byte, T>(), result = a;
        for (int i = 0; i < Vector128<T>.Count; i++)
        {
            result = result.WithElement(i, i % 2 == 0
                ? Rounded<FloatSubtract>.Compute(a[i], b[i], environment)
                : Rounded<FloatAdd>.Compute(a[i], b[i], environment));
        }

        return result.AsByte();
    }
}

/// <summary>Arithmetic of packed and scalar singles and doubles (SDM Vol. 1, 10.4.1.2, 11.4.1.2 and 12.3).</summary>
internal static class SseFloat
{
    public static void Register(InstructionTable table)
    {
        Add<Rounded<FloatAdd>>(table, Mnemonic.Addps, Mnemonic.Addpd, Mnemonic.Addss, Mnemonic.Addsd);
        Add<Rounded<FloatSubtract>>(table, Mnemonic.Subps, Mnemonic.Subpd, Mnemonic.Subss, Mnemonic.Subsd);
        Add<Rounded<FloatMultiply>>(table, Mnemonic.Mulps, Mnemonic.Mulpd, Mnemonic.Mulss, Mnemonic.Mulsd);
        Add<Rounded<FloatDivide>>(table, Mnemonic.Divps, Mnemonic.Divpd, Mnemonic.Divss, Mnemonic.Divsd);
        Add<RoundedRoot>(table, Mnemonic.Sqrtps, Mnemonic.Sqrtpd, Mnemonic.Sqrtss, Mnemonic.Sqrtsd);
        Add<FloatMinimum>(table, Mnemonic.Minps, Mnemonic.Minpd, Mnemonic.Minss, Mnemonic.Minsd);
        Add<FloatMaximum>(table, Mnemonic.Maxps, Mnemonic.Maxpd, Mnemonic.Maxss, Mnemonic.Maxsd);

        SseForms.AddFloat<HorizontalFloat<Rounded<FloatAdd>, float>>(table, Mnemonic.Haddps);
        SseForms.AddFloat<HorizontalFloat<Rounded<FloatAdd>, double>>(table, Mnemonic.Haddpd);
        SseForms.AddFloat<HorizontalFloat<Rounded<FloatSubtract>, float>>(table, Mnemonic.Hsubps);
        SseForms.AddFloat<HorizontalFloat<Rounded<FloatSubtract>, double>>(table, Mnemonic.Hsubpd);
        SseForms.AddFloat<AlternatingFloat<float>>(table, Mnemonic.Addsubps);
        SseForms.AddFloat<AlternatingFloat<double>>(table, Mnemonic.Addsubpd);

        SseForms.AddFloat<PackedFloat<FloatReciprocal, float>>(table, Mnemonic.Rcpps);
        SseForms.AddFloat<ScalarFloat<FloatReciprocal, float>, float>(table, Mnemonic.Rcpss);
        SseForms.AddFloat<PackedFloat<FloatReciprocalSquareRoot, float>>(table, Mnemonic.Rsqrtps);
        SseForms.AddFloat<ScalarFloat<FloatReciprocalSquareRoot, float>, float>(table, Mnemonic.Rsqrtss);
    }

    private static void Add<TOp>(InstructionTable table, Mnemonic singles, Mnemonic doubles, Mnemonic single, Mnemonic @double)
        where TOp : IFloatOperation
    {
        SseForms.AddFloat<PackedFloat<TOp, float>>(table, singles);
        SseForms.AddFloat<PackedFloat<TOp, double>>(table, doubles);
        SseForms.AddFloat<ScalarFloat<TOp, float>, float>(table, single);
        SseForms.AddFloat<ScalarFloat<TOp, double>, double>(table, @double);
    }
}
