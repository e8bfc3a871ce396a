using Model;

namespace Conformance.Bridge;

/// <summary>A 64-bit page-table entry read as the model reads it (SDM Vol. 3A, 4.5.5, tables 4-15 to 4-20).</summary>
internal static class PageEntry
{
    public const int Slots = 512;

    private const ulong FrameMask = 0x000f_ffff_ffff_f000;

    private const ulong PageSizeBit = 1 << 7;

    /// <param name="raw">the eight bytes</param>
    /// <param name="level">1..4: the level of the table that the entry is in; decides what bit 7 means</param>
    /// <param name="isOfRoot32">the table is a 32-bit guest's root, where the upper bits are not software's</param>
    public static Entry Read(ulong raw, int level, bool isOfRoot32 = false)
    {
        if (!IsPresent(raw)) return default;
        EntryFlags flags = EntryFlags.Present;
        if ((raw & (1 << 1)) != 0) flags |= EntryFlags.Writable;
        if ((raw & (1 << 2)) != 0) flags |= EntryFlags.User;
        if ((raw & (3 << 3)) != 0) flags |= EntryFlags.Cache;
        if ((raw & (1 << 5)) != 0) flags |= EntryFlags.Accessed;
        if ((raw & (1 << 6)) != 0) flags |= EntryFlags.Dirty;
        if ((raw & PageSizeBit) != 0) flags |= level == 1 ? EntryFlags.Cache : EntryFlags.Superpage;
        if ((raw & (1 << 8)) != 0) flags |= EntryFlags.Global;
        if ((raw & (7 << 9)) != 0) flags |= EntryFlags.Available;
        if ((raw & (1UL << 52)) != 0) flags |= EntryFlags.GuestKernel;
        // Debug builds of Xen have a use of their own for bit 62 of leaves (_PAGE_GNTTAB).
        if ((raw & (0x3ffUL << 53)) != 0) flags |= isOfRoot32 ? EntryFlags.Disallowed : EntryFlags.Available;
        if ((raw & (1UL << 63)) != 0) flags |= EntryFlags.NoExecute;
        return new(new((raw & FrameMask) >> 12), flags);
    }

    public static bool IsPresent(ulong raw) => (raw & 1) != 0;

    /// <summary>Whether an element of mmu_update changes an entry, rather than the machine-to-physical table.</summary>
    public static bool IsEntryUpdate(in Update update) => update.Kind is UpdateKind.Normal or UpdateKind.PreserveAd or UpdateKind.NoTranslate;

    /// <summary>The slot that a linear address selects in a table of a level (SDM Vol. 3A, figure 4-8).</summary>
    public static int Slot(ulong linear, int level) => (int)(linear >> (12 + (9 * (level - 1)))) & (Slots - 1);
}
