using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>How a number becomes an integer: by MXCSR's rounding, or towards zero.</summary>
internal interface IRounding
{
    static abstract T Round<T>(T value, FloatRounding rounding) where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

internal readonly struct Truncate : IRounding
{
    public static T Round<T>(T value, FloatRounding rounding) where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.Truncate(value);
}

internal readonly struct RoundByMxcsr : IRounding
{
    public static T Round<T>(T value, FloatRounding rounding)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => rounding switch
        {
            FloatRounding.ToNearest => T.Round(value, MidpointRounding.ToEven),
            FloatRounding.Down => T.Floor(value),
            FloatRounding.Up => T.Ceiling(value),
            _ => T.Truncate(value),
        };
}

/// <summary>CVTSS2SI, CVTSD2SI, CVTTSS2SI, CVTTSD2SI.</summary>
internal readonly struct ToInteger<TRounding, T, TResult> : IFloatGeneralOperation<T, TResult>
    where TRounding : IRounding where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TResult : unmanaged, IBinaryInteger<TResult>, IMinMaxValue<TResult>
{
    /// <summary>The integer indefinite, the most negative number, stands for all that does not fit (SDM Vol. 1, 4.8.3.7).</summary>
    public static TResult Compute(T src, FloatEnvironment environment)
    {
        T value = environment.Operand(src), rounded = TRounding.Round(value, environment.Rounding);
        if (!Fits(rounded))
        {
            environment.Signal(FloatSignals.Invalid);
            return TResult.MinValue;
        }

        if (rounded != value) environment.Signal(FloatSignals.Inexact);
        return TResult.CreateTruncating(rounded);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual(T src, out TResult result)
    {
        T rounded = TRounding.Round(src, FloatRounding.ToNearest);
        result = TResult.CreateTruncating(rounded);
        return Fits(rounded);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Fits(T rounded)
    {
        T lowest = T.CreateChecked(TResult.MinValue);
        return rounded >= lowest && rounded < -lowest;
    }
}

/// <summary>CVTSI2SS, CVTSI2SD.</summary>
internal readonly struct FromInteger<TSource, T> : IFloatVectorOperation<TSource>
    where TSource : unmanaged, IBinaryInteger<TSource> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Xmm Compute(Xmm dest, TSource src, Control control, FloatEnvironment environment) =>
        dest.As<byte, T>().WithElement(0, Convert(src, environment)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual(Xmm dest, TSource src, Control control, out Xmm result)
    {
        result = dest.As<byte, T>().WithElement(0, T.CreateTruncating(src)).AsByte();
        return true;
    }

    public static T Convert(TSource src, FloatEnvironment environment) =>
        Exact.Of(long.CreateTruncating(src)).Round<T>(environment);
}

/// <summary>CVTSS2SD: exact.</summary>
internal readonly struct SingleToDouble : IFloatVectorOperation<float>
{
    public static Xmm Compute(Xmm dest, float src, Control control, FloatEnvironment environment) =>
        dest.AsDouble().WithElement(0, Convert(src, environment)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual(Xmm dest, float src, Control control, out Xmm result)
    {
        result = dest.AsDouble().WithElement(0, (double)src).AsByte();
        return float.IsNormal(src) || src == 0;
    }

    public static double Convert(float src, FloatEnvironment environment)
    {
        float value = environment.Operand(src);
        environment.Inspect(value, value);
        return value;
    }
}

/// <summary>CVTSD2SS.</summary>
internal readonly struct DoubleToSingle : IFloatVectorOperation<double>
{
    public static Xmm Compute(Xmm dest, double src, Control control, FloatEnvironment environment) =>
        dest.AsSingle().WithElement(0, Convert(src, environment)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual(Xmm dest, double src, Control control, out Xmm result)
    {
        float nearest = (float)src;
        result = dest.AsSingle().WithElement(0, nearest).AsByte();
        return float.IsNormal(nearest);
    }

    public static float Convert(double src, FloatEnvironment environment)
    {
        double value = environment.Operand(src);
        environment.Inspect(value, value);
        return double.IsFinite(value) ? Exact.Of(value).Round<float>(environment) : (float)value;
    }
}

/// <summary>CVTPS2PD: the two lower singles.</summary>
internal readonly struct SinglesToDoubles : IFloatVectorOperation<ulong>
{
    public static Xmm Compute(Xmm dest, ulong src, Control control, FloatEnvironment environment)
    {
        Vector128<float> singles = Vector128.CreateScalar(src).AsSingle();
        return Vector128.Create(SingleToDouble.Convert(singles[0], environment), SingleToDouble.Convert(singles[1], environment)).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual(Xmm dest, ulong src, Control control, out Xmm result)
    {
        Vector128<float> singles = Vector128.CreateScalar(src).AsSingle();
        result = Vector128.WidenLower(singles).AsByte();
        return (Vector128.IsNormal(singles) | Vector128.IsZero(singles)).AsByte() == Xmm.AllBitsSet;
    }
}

/// <summary>CVTPD2PS: into the lower half, zero above.</summary>
internal readonly struct DoublesToSingles : IFloatVectorOperation<Xmm>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control, FloatEnvironment environment)
    {
        Vector128<double> doubles = src.AsDouble();
        float low = DoubleToSingle.Convert(doubles[0], environment), high = DoubleToSingle.Convert(doubles[1], environment);
        return Vector128.Create(low, high, 0, 0).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual(Xmm dest, Xmm src, Control control, out Xmm result)
    {
        Vector128<double> doubles = src.AsDouble();
        float low = (float)doubles[0], high = (float)doubles[1];
        result = Vector128.Create(low, high, 0, 0).AsByte();
        return float.IsNormal(low) && float.IsNormal(high);
    }
}

/// <summary>CVTDQ2PS.</summary>
internal readonly struct IntegersToSingles : IFloatVectorOperation<Xmm>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control, FloatEnvironment environment)
    {
        Vector128<int> integers = src.AsInt32();
        Vector128<float> result = default;
        for (int i = 0; i < 4; i++) result = result.WithElement(i, FromInteger<int, float>.Convert(integers[i], environment));
        return result.AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual(Xmm dest, Xmm src, Control control, out Xmm result)
    {
        result = Vector128.ConvertToSingle(src.AsInt32()).AsByte();
        return true;
    }
}

/// <summary>CVTDQ2PD: the two lower doublewords, exactly.</summary>
internal readonly struct IntegersToDoubles : IVectorOperation<ulong>
{
    public static Xmm Compute(Xmm dest, ulong src, Control control) =>
        Vector128.Create((double)(int)src, (double)(int)(src >> 32)).AsByte();
}

/// <summary>CVTPS2DQ, CVTTPS2DQ.</summary>
internal readonly struct SinglesToIntegers<TRounding> : IFloatVectorOperation<Xmm> where TRounding : IRounding
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control, FloatEnvironment environment)
    {
        Vector128<float> singles = src.AsSingle();
        Vector128<int> result = default;
        for (int i = 0; i < 4; i++)
            result = result.WithElement(i, ToInteger<TRounding, float, int>.Compute(singles[i], environment));
        return result.AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual(Xmm dest, Xmm src, Control control, out Xmm result)
    {
        Vector128<float> singles = src.AsSingle();
        bool isRight = ToInteger<TRounding, float, int>.TryUsual(singles[0], out int first);
        isRight &= ToInteger<TRounding, float, int>.TryUsual(singles[1], out int second);
        isRight &= ToInteger<TRounding, float, int>.TryUsual(singles[2], out int third);
        isRight &= ToInteger<TRounding, float, int>.TryUsual(singles[3], out int fourth);
        result = Vector128.Create(first, second, third, fourth).AsByte();
        return isRight;
    }
}

/// <summary>CVTPD2DQ, CVTTPD2DQ: into the lower half, zero above.</summary>
internal readonly struct DoublesToIntegers<TRounding> : IFloatVectorOperation<Xmm> where TRounding : IRounding
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control, FloatEnvironment environment)
    {
        Vector128<double> doubles = src.AsDouble();
        return Vector128.Create(
            ToInteger<TRounding, double, int>.Compute(doubles[0], environment),
            ToInteger<TRounding, double, int>.Compute(doubles[1], environment),
            0,
            0).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual(Xmm dest, Xmm src, Control control, out Xmm result)
    {
        Vector128<double> doubles = src.AsDouble();
        bool isRight = ToInteger<TRounding, double, int>.TryUsual(doubles[0], out int low);
        isRight &= ToInteger<TRounding, double, int>.TryUsual(doubles[1], out int high);
        result = Vector128.Create(low, high, 0, 0).AsByte();
        return isRight;
    }
}

/// <summary>Conversions among integers, singles and doubles (SDM Vol. 1, 10.4.3 and 11.4.4).</summary>
internal static class SseConvert
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Cvtsi2ss, FromGeneral<float>, Traits.None);
        table.Add(Mnemonic.Cvtsi2sd, FromGeneral<double>, Traits.None);
        table.Add(Mnemonic.Cvtss2si, ToGeneral<RoundByMxcsr, float>, Traits.None);
        table.Add(Mnemonic.Cvtsd2si, ToGeneral<RoundByMxcsr, double>, Traits.None);
        table.Add(Mnemonic.Cvttss2si, ToGeneral<Truncate, float>, Traits.None);
        table.Add(Mnemonic.Cvttsd2si, ToGeneral<Truncate, double>, Traits.None);

        SseForms.AddFloat<SingleToDouble, float>(table, Mnemonic.Cvtss2sd);
        SseForms.AddFloat<DoubleToSingle, double>(table, Mnemonic.Cvtsd2ss);
        SseForms.AddFloat<SinglesToDoubles, ulong>(table, Mnemonic.Cvtps2pd);
        SseForms.AddFloat<DoublesToSingles>(table, Mnemonic.Cvtpd2ps);
        SseForms.AddFloat<IntegersToSingles>(table, Mnemonic.Cvtdq2ps);
        SseForms.Add<IntegersToDoubles, ulong>(table, Mnemonic.Cvtdq2pd);
        SseForms.AddFloat<SinglesToIntegers<RoundByMxcsr>>(table, Mnemonic.Cvtps2dq);
        SseForms.AddFloat<SinglesToIntegers<Truncate>>(table, Mnemonic.Cvttps2dq);
        SseForms.AddFloat<DoublesToIntegers<RoundByMxcsr>>(table, Mnemonic.Cvtpd2dq);
        SseForms.AddFloat<DoublesToIntegers<Truncate>>(table, Mnemonic.Cvttpd2dq);
    }

    private static void FromGeneral<T>(Translator t) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (t.OperandBytes(1) == 4) SseForms.BuildFloat<FromInteger<int, T>, int, Unaligned>(t);
        else SseForms.BuildFloat<FromInteger<long, T>, long, Unaligned>(t);
    }

    private static void ToGeneral<TRounding, T>(Translator t)
        where TRounding : IRounding where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (t.OperandBytes(0) == 4) SseForms.FloatToGeneral<ToInteger<TRounding, T, int>, T, int>(t);
        else SseForms.FloatToGeneral<ToInteger<TRounding, T, long>, T, long>(t);
    }
}
