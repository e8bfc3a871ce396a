using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Implementation.Tests.Oracle;

/// <summary>Contents for x87 and SSE registers: integers at boundaries, and floats of every class.</summary>
internal static class FpuValues
{
    private const uint InitialMxcsr = 0x1f80, MxcsrMasks = 0x1f80, Inexact = 0x20, DenormalsAreZero = 1 << 6, FlushToZero = 1 << 15;
    private const ushort InitialControlWord = 0x37f;

    private static readonly float[] _singles =
    [
        0f, -0f, 1f, -1f, 0.5f, 1.5f, 2.5f, -2.5f, 0.1f, 8388607.5f, 3e9f, -3e9f, 1e19f, 2147483648f, -9223372036854775808f,
        float.MaxValue, float.MinValue, float.Epsilon, -float.Epsilon, 1e-40f, 1.17549435e-38f, 5.9e-39f, 4194305f, 16777217f, 1e-20f,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, BitConverter.UInt32BitsToSingle(0x7f80_1234),
    ];

    private static readonly double[] _doubles =
    [
        0d, -0d, 1d, -1d, 0.5d, 1.5d, 2.5d, -2.5d, 0.1d, 3e9, -3e9, 1e19, -1e19, 1e300, double.MaxValue, double.Epsilon, 1e-310,
        2.2250738585072014e-308, -1.1e-308, 1e-200, 1.17549435e-38, -5.9e-39, 1e-45, 3.4028235677973366e38, 4503599627370495.5,
        double.PositiveInfinity, double.NegativeInfinity, double.NaN, BitConverter.UInt64BitsToDouble(0x7ff0_0000_1234_5678), 1e39, 1e-42,
        2147483647.5, -2147483648.5,
    ];

    /// <summary>Exponents of singles, in doubles the like: where products underflow and overflow, and where integers end.</summary>
    private static readonly byte[] _exponents = [0, 1, 2, 24, 40, 63, 64, 65, 102, 103, 126, 127, 128, 149, 150, 157, 158, 189, 190, 191, 254, 255];

    /// <summary>Draws every register.</summary>
    internal static void Draw(ref Dice dice, UserState state)
    {
        for (int i = 0; i < 16; i++) state.Xmms[i] = Vector(ref dice);
        state.Mxcsr = ControlAndStatus(ref dice);

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
        BitConverter.TryWriteBytes(image[24..], dice.Chance(80) ? ControlAndStatus(ref dice) : (uint)dice.Next());
    }

    internal static Vector128<byte> Vector(ref Dice dice) => dice.Below(5) switch
    {
        0 or 1 => Vector128.Create(Double(ref dice), Double(ref dice)).AsByte(),
        2 or 3 => Vector128.Create(Single(ref dice), Single(ref dice), Single(ref dice), Single(ref dice)).AsByte(),
        _ => Vector128.Create(dice.Value(), dice.Value()).AsByte(),
    };

    /// <summary>A single of some class, its neighbour, or one whose exponent is one of a few, so that two of them meet.</summary>
    internal static float Single(ref Dice dice)
    {
        uint bits = BitConverter.SingleToUInt32Bits(dice.Pick<float>(_singles));
        return BitConverter.UInt32BitsToSingle(dice.Below(4) switch
        {
            0 => bits + (uint)dice.Below(5) - 2,
            1 => (uint)(dice.Next() & 0x807f_ffff) | ((uint)dice.Pick<byte>(_exponents) << 23),
            _ => bits,
        });
    }

    /// <summary>As <see cref="Single"/>.</summary>
    internal static double Double(ref Dice dice)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(dice.Pick<double>(_doubles));
        return BitConverter.UInt64BitsToDouble(dice.Below(4) switch
        {
            0 => bits + (ulong)dice.Below(5) - 2,
            1 => (dice.Next() & 0x800f_ffff_ffff_ffff) | ((ulong)dice.Pick<byte>(_exponents) * 0x7ff / 255) << 52,
            _ => bits,
        });
    }

    /// <summary>MXCSR: half the time as compiled code has it, else with any rounding, flags and masks.</summary>
    private static uint ControlAndStatus(ref Dice dice)
    {
        if (dice.Chance(20)) return InitialMxcsr | Inexact;
        if (dice.Chance(30)) return InitialMxcsr;

        uint control = (uint)dice.Below(4) << 13;
        if (dice.Chance(25)) control |= DenormalsAreZero;
        if (dice.Chance(25)) control |= FlushToZero;
        uint masks = dice.Below(3) switch { 0 => (uint)dice.Next(), 1 => ~(1u << (7 + dice.Below(6))), _ => uint.MaxValue };
        return control | (masks & MxcsrMasks) | (dice.Chance(50) ? (uint)dice.Below(64) : 0);
    }
}
