using System.Runtime.Intrinsics;

namespace Implementation.Tests.Oracle;

/// <summary>Contents for XMM registers: integers at boundaries, and floats of every class.</summary>
internal static class VectorValues
{
    private static readonly float[] _singles =
    [
        0f, -0f, 1f, -1f, 1.5f, 2.5f, -2.5f, 0.1f, 3e9f, -3e9f, 1e19f, float.MaxValue, float.MinValue, float.Epsilon, 1e-40f,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, BitConverter.UInt32BitsToSingle(0x7f80_1234),
    ];

    private static readonly double[] _doubles =
    [
        0d, -0d, 1d, -1d, 1.5d, 2.5d, -2.5d, 0.1d, 3e9, -3e9, 1e19, -1e19, 1e300, double.MaxValue, double.Epsilon, 1e-310,
        double.PositiveInfinity, double.NegativeInfinity, double.NaN, BitConverter.UInt64BitsToDouble(0x7ff0_0000_1234_5678), 1e39, 1e-42,
    ];

    internal static void Draw(ref Dice dice, Span<Vector128<byte>> registers)
    {
        for (int i = 0; i < registers.Length; i++) registers[i] = One(ref dice);
    }

    internal static Vector128<byte> One(ref Dice dice)
    {
        switch (dice.Below(4))
        {
            case 0:
                return Vector128.Create(dice.Pick<double>(_doubles), dice.Pick<double>(_doubles)).AsByte();
            case 1:
                return Vector128.Create(
                    dice.Pick<float>(_singles), dice.Pick<float>(_singles), dice.Pick<float>(_singles), dice.Pick<float>(_singles)).AsByte();
            default:
                return Vector128.Create(dice.Value(), dice.Value()).AsByte();
        }
    }
}
