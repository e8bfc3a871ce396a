using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>How a number becomes an integer: by MXCSR's rounding, or towards zero.</summary>
internal interface IRounding
{
    static abstract T Round<T>(T value, Control control) where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

internal readonly struct Truncate : IRounding
{
    public static T Round<T>(T value, Control control) where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.Truncate(value);
}

/// <summary>MXCSR bits 13-14 (SDM Vol. 1, table 4-8).</summary>
internal readonly struct RoundByMxcsr : IRounding
{
    public static T Round<T>(T value, Control control)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => ((control.Mxcsr >> 13) & 3) switch
        {
            0 => T.Round(value, MidpointRounding.ToEven),
            1 => T.Floor(value),
            2 => T.Ceiling(value),
            _ => T.Truncate(value),
        };
}

/// <summary>CVTSS2SI, CVTSD2SI, CVTTSS2SI, CVTTSD2SI.</summary>
internal readonly struct ToInteger<TRounding, T, TResult> : IGeneralOperation<T, TResult>
    where TRounding : IRounding where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TResult : unmanaged, IBinaryInteger<TResult>, IMinMaxValue<TResult>
{
    /// <summary>The integer indefinite, the most negative number, stands for all that does not fit (SDM Vol. 1, 4.8.3.7).</summary>
    public static TResult Compute(T src, Control control)
    {
        T rounded = TRounding.Round(src, control);
        T lowest = T.CreateChecked(TResult.MinValue);
        return rounded >= lowest && rounded < -lowest ? TResult.CreateTruncating(rounded) : TResult.MinValue;
    }
}

/// <summary>CVTSI2SS, CVTSI2SD.</summary>
internal readonly struct FromInteger<TSource, T> : IVectorOperation<TSource>
    where TSource : unmanaged, IBinaryInteger<TSource> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Xmm Compute(Xmm dest, TSource src, Control control) =>
        dest.As<byte, T>().WithElement(0, T.CreateTruncating(src)).AsByte();
}

/// <summary>CVTSS2SD: exact.</summary>
internal readonly struct SingleToDouble : IVectorOperation<float>
{
    public static Xmm Compute(Xmm dest, float src, Control control) => dest.AsDouble().WithElement(0, (double)src).AsByte();
}

internal readonly struct DoubleToSingle : IVectorOperation<double>
{
    public static Xmm Compute(Xmm dest, double src, Control control) => dest.AsSingle().WithElement(0, (float)src).AsByte();
}

/// <summary>CVTPS2PD: the two lower singles.</summary>
internal readonly struct SinglesToDoubles : IVectorOperation<ulong>
{
    public static Xmm Compute(Xmm dest, ulong src, Control control)
    {
        Vector128<float> singles = Vector128.CreateScalar(src).AsSingle();
        return Vector128.Create((double)singles[0], (double)singles[1]).AsByte();
    }
}

/// <summary>CVTPD2PS: into the lower half, zero above.</summary>
internal readonly struct DoublesToSingles : IVectorOperation<Xmm>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control)
    {
        Vector128<double> doubles = src.AsDouble();
        return Vector128.Create((float)doubles[0], (float)doubles[1], 0, 0).AsByte();
    }
}

/// <summary>CVTDQ2PS.</summary>
internal readonly struct IntegersToSingles : IVectorOperation<Xmm>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control) => Vector128.ConvertToSingle(src.AsInt32()).AsByte();
}

/// <summary>CVTDQ2PD: the two lower doublewords.</summary>
internal readonly struct IntegersToDoubles : IVectorOperation<ulong>
{
    public static Xmm Compute(Xmm dest, ulong src, Control control) =>
        Vector128.Create((double)(int)src, (double)(int)(src >> 32)).AsByte();
}

/// <summary>CVTPS2DQ, CVTTPS2DQ.</summary>
internal readonly struct SinglesToIntegers<TRounding> : IVectorOperation<Xmm> where TRounding : IRounding
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control)
    {
        Vector128<float> singles = src.AsSingle();
        Vector128<int> result = default;
        for (int i = 0; i < 4; i++) result = result.WithElement(i, ToInteger<TRounding, float, int>.Compute(singles[i], control));
        return result.AsByte();
    }
}

/// <summary>CVTPD2DQ, CVTTPD2DQ: into the lower half, zero above.</summary>
internal readonly struct DoublesToIntegers<TRounding> : IVectorOperation<Xmm> where TRounding : IRounding
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control)
    {
        Vector128<double> doubles = src.AsDouble();
        return Vector128.Create(
            ToInteger<TRounding, double, int>.Compute(doubles[0], control),
            ToInteger<TRounding, double, int>.Compute(doubles[1], control),
            0,
            0).AsByte();
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

        SseForms.Add<SingleToDouble, float>(table, Mnemonic.Cvtss2sd);
        SseForms.Add<DoubleToSingle, double>(table, Mnemonic.Cvtsd2ss);
        SseForms.Add<SinglesToDoubles, ulong>(table, Mnemonic.Cvtps2pd);
        SseForms.Add<DoublesToSingles>(table, Mnemonic.Cvtpd2ps);
        SseForms.Add<IntegersToSingles>(table, Mnemonic.Cvtdq2ps);
        SseForms.Add<IntegersToDoubles, ulong>(table, Mnemonic.Cvtdq2pd);
        SseForms.Add<SinglesToIntegers<RoundByMxcsr>>(table, Mnemonic.Cvtps2dq);
        SseForms.Add<SinglesToIntegers<Truncate>>(table, Mnemonic.Cvttps2dq);
        SseForms.Add<DoublesToIntegers<RoundByMxcsr>>(table, Mnemonic.Cvtpd2dq);
        SseForms.Add<DoublesToIntegers<Truncate>>(table, Mnemonic.Cvttpd2dq);
    }

    private static void FromGeneral<T>(Translator t) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (t.OperandBytes(1) == 4) SseForms.Build<FromInteger<int, T>, int, Unaligned>(t);
        else SseForms.Build<FromInteger<long, T>, long, Unaligned>(t);
    }

    private static void ToGeneral<TRounding, T>(Translator t)
        where TRounding : IRounding where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (t.OperandBytes(0) == 4) SseForms.ToGeneral<ToInteger<TRounding, T, int>, T, int>(t);
        else SseForms.ToGeneral<ToInteger<TRounding, T, long>, T, long>(t);
    }
}
