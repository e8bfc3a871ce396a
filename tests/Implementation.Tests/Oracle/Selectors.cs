namespace Implementation.Tests.Oracle;

/// <summary>The descriptors that Linux has for a 64-bit user program (arch/x86/include/asm/segment.h).</summary>
internal static class Selectors
{
    internal const ushort UserCode = 0x33;
    internal const ushort UserCode32 = 0x23;
    internal const ushort UserData = 0x2b;

    private const int TableBytes = 16 * 8;

    /// <summary>Selectors of every kind but two: 32-bit user code, and the one whose limit tells the processor's number.</summary>
    private static readonly ushort[] _interesting =
    [
        0, 1, 2, 3, 0x08, 0x10, 0x18, 0x1b, 0x20, 0x28, 0x29, 0x2a, UserData, 0x30, UserCode, 0x38, 0x40, 0x48, 0x60, 0x63,
        0x80, 0x83, 0x04, 0x07, 0x2f, 0xfff8,
    ];

    internal static ushort Draw(ref Dice dice) => dice.Pick<ushort>(_interesting);

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
        bool isLocal = (selector & 4) != 0; // There is no LDT.
        return !isLocal && (selector & ~7) < TableBytes;
    }
}
