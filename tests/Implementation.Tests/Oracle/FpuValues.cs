using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Implementation.Tests.Oracle;

/// <summary>Contents for x87 and SSE registers: integers at boundaries, and floats of every class.</summary>
internal static class FpuValues
{
    private const uint InitialMxcsr = 0x1f80;
    private const ushort InitialControlWord = 0x37f;

    private static readonly float[] _singles =
    [
        0f, -0f, 1f, -1f, 1.5f, 2.5f, -2.5f, 0.1f, 3e9f, -3e9f, 1e19f, float.MaxValue, float.MinValue, float.Epsilon, 1e-40f,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, BitConverter.UInt32BitsToSingle(0x7f80_1234),
    ];

    private static readonly double[] _doubles =
    [
        0d, -0d, 1d, -1d, 1.5d, 2.5d, -2.5d, 0.1d, 3e9, -3e9, 1e19, -1e19, 1e300, double.MaxValue, double.Epsilon, 1e-310,
        double.PositiveInfinity, double.NegativeInfinity, double.NaN, BitConverter.UInt64BitsToDouble(0x7ff0_0000_1234_5678), 1e39, 1e-42,
        2147483647.5, -2147483648.5,
    ];

    /// <summary>Draws every register; MXCSR rounds otherwise than to nearest only where the engine obeys it.</summary>
    internal static void Draw(ref Dice dice, UserState state, in Instruction instruction)
    {
        for (int i = 0; i < 16; i++) state.Xmms[i] = Vector(ref dice);
        state.Mxcsr = InitialMxcsr;
        if (RoundsToInteger(instruction)) state.Mxcsr |= (uint)dice.Below(4) << 13;

        state.ControlWord = InitialControlWord;
        state.StatusWord = (ushort)(dice.Below(8) << 11);
        state.Tags = (byte)(dice.Chance(50) ? 0 : dice.Below(256));
        for (int i = 0; i < 8; i++) BitConverter.TryWriteBytes(state.Stack[(16 * i)..], dice.Next() | (1UL << 63));
    }

    /// <summary>A 512-byte image for FXRSTOR, usually one that it accepts.</summary>
    internal static void DrawImage(ref Dice dice, Span<byte> image)
    {
        dice.Fill(image);
        image[..160].Clear();
        BitConverter.TryWriteBytes(image, InitialControlWord);
        BitConverter.TryWriteBytes(image[2..], (ushort)(dice.Below(8) << 11));
        image[4] = (byte)dice.Next();
        BitConverter.TryWriteBytes(image[24..], dice.Chance(80) ? InitialMxcsr | ((uint)dice.Below(4) << 13) : (uint)dice.Next());
    }

    internal static Vector128<byte> Vector(ref Dice dice) => dice.Below(4) switch
    {
        0 => Vector128.Create(dice.Pick<double>(_doubles), dice.Pick<double>(_doubles)).AsByte(),
        1 => Vector128.Create(
            dice.Pick<float>(_singles), dice.Pick<float>(_singles), dice.Pick<float>(_singles), dice.Pick<float>(_singles)).AsByte(),
        _ => Vector128.Create(dice.Value(), dice.Value()).AsByte(),
    };

    private static bool RoundsToInteger(in Instruction instruction) => instruction.Mnemonic is
        Mnemonic.Cvtss2si or Mnemonic.Cvtsd2si or Mnemonic.Cvtps2dq or Mnemonic.Cvtpd2dq;
}
