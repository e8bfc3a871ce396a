namespace Implementation.Cpu;

/// <summary>A segment descriptor (SDM Vol. 3A, figure 3-8).</summary>
internal readonly record struct Descriptor(ulong Raw)
{
    public bool IsPresent => (Raw >> 47 & 1) != 0;

    public int Dpl => (int)(Raw >> 45 & 3);

    /// <summary>Code or data, as opposed to system.</summary>
    public bool IsCodeOrData => (Raw >> 44 & 1) != 0;

    public bool IsCode => IsCodeOrData && (Raw >> 43 & 1) != 0;

    public bool IsConforming => IsCode && (Raw >> 42 & 1) != 0;

    public bool IsWritableData => IsCodeOrData && !IsCode && (Raw >> 41 & 1) != 0;

    public bool IsReadable => IsCodeOrData && (!IsCode || (Raw >> 41 & 1) != 0);

    /// <summary>The four type bits.</summary>
    public int Type => (int)(Raw >> 40 & 15);

    /// <summary>L: 64-bit code.</summary>
    public bool IsLong => (Raw >> 53 & 1) != 0;

    /// <summary>D/B.</summary>
    public bool IsBig => (Raw >> 54 & 1) != 0;

    public uint Base => (uint)(Raw >> 16 & 0xFF_FFFF | Raw >> 32 & 0xFF00_0000);

    /// <summary>The limit in bytes: of pages when G is set.</summary>
    public uint Limit
    {
        get
        {
            uint limit = (uint)(Raw & 0xFFFF | Raw >> 32 & 0xF_0000);
            return (Raw >> 55 & 1) != 0 ? limit << 12 | 0xFFF : limit;
        }
    }

    public ushort Attributes => (ushort)(Raw >> 40);

    public static bool IsNull(ushort selector) => (selector & ~3) == 0;
}

/// <summary>Bits of <see cref="Descriptor.Attributes"/>.</summary>
internal static class SegmentType
{
    /// <summary>Data may be written, code may be read.</summary>
    public const int Extra = 2;

    /// <summary>Data: the limit is the lower end. Code: conforming.</summary>
    public const int Down = 4;

    public const int Code = 8, CodeOrData = 0x10, Present = 0x80, Long = 0x2000, Big = 0x4000, Granular = 0x8000;
}
