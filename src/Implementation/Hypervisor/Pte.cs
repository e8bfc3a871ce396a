namespace Implementation.Hypervisor;

/// <summary>The bits of a page-table entry (SDM Vol. 3A, 4.5.5, tables 4-15 to 4-20) and what Xen makes of the spare ones.</summary>
public static class Pte
{
    public const ulong Present = 1UL << 0;
    public const ulong Writable = 1UL << 1;
    public const ulong User = 1UL << 2;
    public const ulong WriteThrough = 1UL << 3;
    public const ulong CacheDisable = 1UL << 4;
    public const ulong Accessed = 1UL << 5;
    public const ulong Dirty = 1UL << 6;

    /// <summary>PS in an upper entry, PAT in a leaf.</summary>
    public const ulong PageSize = 1UL << 7;

    public const ulong Global = 1UL << 8;

    /// <summary>Bits 11:9, ignored by the hardware.</summary>
    public const ulong Available = 7UL << 9;

    /// <summary>Bits 62:52, ignored by the hardware while protection keys are off.</summary>
    public const ulong AvailableHigh = 0x7ffUL << 52;

    /// <summary>Xen's note that a leaf was a kernel mapping (US clear) before Xen set US (_PAGE_GUEST_KERNEL).</summary>
    public const ulong GuestKernel = 1UL << 52;

    public const ulong NoExecute = 1UL << 63;

    /// <summary>Bits 51:12, the frame number.</summary>
    public const ulong AddressMask = 0x000f_ffff_ffff_f000;

    public const int TableEntries = 512;

    /// <summary>The entry for a frame with flags.</summary>
    public static ulong Make(ulong mfn, ulong flags) => mfn << 12 | flags;

    public static ulong Mfn(ulong entry) => (entry & AddressMask) >> 12;

    public static bool IsPresent(ulong entry) => (entry & Present) != 0;

    public static bool IsWritable(ulong entry) => (entry & Writable) != 0;

    /// <summary>The slot that an address selects in a table of <paramref name="level"/> 1..4 (SDM Vol. 3A, figure 4-8).</summary>
    public static int Slot(ulong linear, int level) => (int)(linear >> (12 + (9 * (level - 1)))) & (TableEntries - 1);
}
