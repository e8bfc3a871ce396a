using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>
/// The descriptors that Linux has for a user program (arch/x86/include/asm/segment.h), and those of <see cref="LocalTable"/>.
/// </summary>
internal static class Selectors
{
    internal const ushort UserCode = 0x33;
    internal const ushort UserCode32 = 0x23;
    internal const ushort UserData = 0x2b;

    private const int TableBytes = 16 * 8;

    /// <summary>Selectors of every kind but the one whose limit tells the processor's number.</summary>
    private static readonly ushort[] _interesting =
    [
        0, 1, 2, 3, 0x08, 0x10, 0x18, 0x1b, 0x20, 0x28, 0x29, 0x2a, UserData, 0x30, UserCode, 0x38, 0x40, 0x48, 0x60, 0x63,
        0x80, 0x83, 0x04, 0x07, 0x2f, 0xfff8, UserCode32, UserCode32, .. LocalTable.Selectors,
    ];

    internal static ushort Draw(ref Dice dice) => dice.Pick<ushort>(_interesting);

    /// <summary>A code segment that usually exists and holds code of the given kind.</summary>
    internal static ushort DrawCode(ref Dice dice, int bits)
    {
        if (dice.Chance(20)) return Draw(ref dice);
        return bits switch
        {
            64 => UserCode,
            32 => dice.Chance(60) ? UserCode32 : dice.Pick<ushort>(LocalTable.CodeSelectors32),
            _ => dice.Pick<ushort>(LocalTable.CodeSelectors16),
        };
    }

    /// <summary>A stack segment that can be returned to.</summary>
    internal static ushort DrawStack(ref Dice dice) =>
        dice.Chance(60) ? UserData : dice.Pick<ushort>(LocalTable.StackSelectors);

    /// <summary>What DS, ES, FS or GS can hold, null included.</summary>
    internal static ushort DrawData(ref Dice dice)
    {
        if (dice.Chance(65)) return UserData;
        ushort selector = dice.Pick<ushort>([0, .. LocalTable.Selectors]);
        Descriptor held = Read(selector);
        return selector == 0 || (held.IsPresent && held.IsReadable) ? selector : UserData;
    }

    internal static bool TryRead(ushort selector, out ulong descriptor)
    {
        descriptor = (selector & ~7) switch
        {
            0x08 => 0x00cf_9b00_0000_ffff, // kernel code, 32 bits
            0x10 => 0x00af_9b00_0000_ffff, // kernel code, 64 bits
            0x18 => 0x00cf_9300_0000_ffff, // kernel data
            0x20 => 0x00cf_fb00_0000_ffff, // user code, 32 bits
            0x28 => 0x00cf_f300_0000_ffff, // user data
            0x30 => 0x00af_fb00_0000_ffff, // user code, 64 bits
            0x40 => 0x0000_8b00_0000_4087, // busy TSS
            0x78 => 0x0040_f500_0000_0000, // the processor's number as a limit
            _ => 0,
        };
        bool isLocal = (selector & 4) != 0;
        return isLocal ? LocalTable.TryRead(selector, out descriptor) : (selector & ~7) < TableBytes;
    }

    /// <summary>What a segment register holds of the descriptor its selector names.</summary>
    internal static Descriptor Read(ushort selector) =>
        (selector & ~3) != 0 && TryRead(selector, out ulong raw) ? new(raw) : default;

    /// <summary>64, 32 or 16: what code in a segment is.</summary>
    internal static int CodeBits(ushort selector)
    {
        Descriptor code = Read(selector);
        return code.IsLong ? 64 : code.IsBig ? 32 : 16;
    }
}
