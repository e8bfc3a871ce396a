namespace Implementation.Tests.Oracle;

/// <summary>Contents for the x87 registers: numbers of every class, whose sums, products and quotients meet the ends of the format.</summary>
internal static class X87Values
{
    private const ulong IntegerBit = 1UL << 63, QuietBit = 1UL << 62;
    private const ushort AllMasks = 0x3f, AlwaysSet = 0x40;

    /// <summary>Exponents with their bias: around 1, the ends of integers, singles and doubles, the ends of the format, and halves of those.</summary>
    private static readonly ushort[] _exponents =
    [
        0, 0, 1, 2, 40, 63, 64, 65, 8191, 8192, 0x3fff - 16445 / 2, 0x3fff - 1074, 0x3fff - 1023, 0x3fff - 1022, 0x3fff - 149, 0x3fff - 127, 0x3fff - 126,
        0x3ffd, 0x3ffe, 0x3fff, 0x4000, 0x4001, 0x400d, 0x400e, 0x400f, 0x401d, 0x401e, 0x401f, 0x403d, 0x403e, 0x403f, 0x4040, 0x407e, 0x407f, 0x43fe,
        0x43ff, 0x5fff, 0x7ffd, 0x7ffe, 0x7ffe, 0x7fff,
    ];

    private static readonly ulong[] _significands =
    [
        IntegerBit, IntegerBit | 1, ulong.MaxValue, ulong.MaxValue << 11, ulong.MaxValue << 40, ulong.MaxValue << 10, ulong.MaxValue << 39,
        IntegerBit | 1UL << 10, IntegerBit | 1UL << 39, IntegerBit | 3UL << 10, IntegerBit | 3UL << 39, IntegerBit | QuietBit, 0, 1, QuietBit,
    ];

    internal static void Draw(ref Dice dice, UserState state)
    {
        state.ControlWord = Control(ref dice);
        ushort status = (ushort)(dice.Below(8) << 11);
        if (dice.Chance(50)) status |= (ushort)(dice.Next() & 0x4700); // C3 to C0
        if (dice.Chance(50)) status |= (ushort)(dice.Next() & (dice.Chance(20) ? 0x7fu : state.ControlWord & 0x3fu));
        if ((status & ~state.ControlWord & AllMasks) != 0) status |= 0x8080; // pending, and busy as long as it is
        state.StatusWord = status;
        state.Tags = dice.Below(4) switch { 0 => (byte)dice.Next(), 1 => (byte)(0xff ^ (1 << dice.Below(8))), _ => 0xff };
        if (dice.Chance(20)) state.Tags = (byte)(1 << (status >> 11 & 7)); // ST(0) alone, so that there is room
        for (int i = 0; i < 8; i++) DrawNumber(ref dice, state.Stack.Slice(16 * i, 10));
    }

    /// <summary>One number of ten bytes.</summary>
    internal static void DrawNumber(ref Dice dice, Span<byte> number)
    {
        ulong significand = dice.Below(4) switch
        {
            0 => dice.Pick<ulong>(_significands),
            1 => dice.Next() & (ulong.MaxValue << dice.Below(64)) | IntegerBit,
            2 when dice.Chance(20) => dice.Next() >> dice.Below(64),
            _ => dice.Next() | IntegerBit,
        };
        int exponent = dice.Below(8) switch
        {
            0 => (int)(dice.Next() & 0x7fff),
            1 or 2 or 3 => 0x3fff + dice.Below(140) - 70,
            _ => dice.Pick<ushort>(_exponents),
        };
        BitConverter.TryWriteBytes(number, exponent == 0 && dice.Chance(60) ? significand >> dice.Below(64) : significand);
        BitConverter.TryWriteBytes(number[8..], (ushort)(exponent | (dice.Chance(50) ? 0x8000 : 0)));
    }

    /// <summary>Any rounding and precision, and often every exception masked.</summary>
    private static ushort Control(ref Dice dice)
    {
        int precision = dice.Pick<byte>([0, 2, 3, 3]), rounding = dice.Below(4);
        int masks = dice.Below(4) switch { 0 => (int)dice.Next() & AllMasks, 1 => AllMasks ^ (1 << dice.Below(6)), _ => AllMasks };
        return (ushort)(rounding << 10 | precision << 8 | AlwaysSet | masks);
    }
}
