namespace Implementation.Cpu;

/// <summary>What a walk of the four levels found.</summary>
/// <param name="Mfn">the 4 KiB frame that the linear address reaches</param>
/// <param name="Writable">whether stores at the current privilege are allowed and the D bit is set</param>
/// <param name="IsLarge">whether the page is larger than 4 KiB</param>
internal readonly record struct Translation(ulong Mfn, bool Writable, bool IsLarge);

/// <summary>4-level paging, and PAE paging of three levels where EFER.LMA is clear (SDM Vol. 3A, 4.4-4.8).</summary>
/// <remarks>
/// The four entries of a PAE root are read at each walk, not when CR3 is loaded. MAXPHYADDR is taken to be exactly the machine's RAM: an entry that names a frame beyond it has a reserved bit set.
/// </remarks>
internal static unsafe class PageWalk
{
    private const ulong Present = 1, Write = 2, User = 4, Accessed = 0x20, Dirty = 0x40, PageSize = 0x80, NoExecute = 1UL << 63;
    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;
    private const uint ErrorPresent = 1, ErrorWrite = 2, ErrorUser = 4, ErrorReserved = 8, ErrorFetch = 16;
    private const ulong PaeRootMask = 0xFFFF_FFE0, PaeRootReserved = Write | User | Accessed | Dirty | PageSize | 0x100 | NoExecute;
    private const ulong Cr0Wp = 1 << 16, EferNxe = 1 << 11;

    public static bool IsCanonical(ulong linear) => (ulong)((long)(linear << 16) >> 16) == linear;

    /// <summary>Walks the tables at CR3 for one access at the current privilege.</summary>
    /// <param name="update">whether to set A bits on the way, and D for a write that is allowed</param>
    /// <param name="error">the page-fault error code when the answer is false (SDM Vol. 3A, figure 4-12)</param>
    public static bool TryWalk(CpuState* c, ulong linear, AccessKind access, bool update, out Translation found, out uint error)
    {
        bool nxe = (c->Efer & EferNxe) != 0;
        error = (access == AccessKind.Write ? ErrorWrite : 0) | (c->Cpl == 3 ? ErrorUser : 0)
              | (access == AccessKind.Execute && nxe ? ErrorFetch : 0);
        found = default;

        bool isPae = !CodeSegments.IsLongModeActive(c);
        ulong all = Write | User, noExecute = 0, entry = 0, table = c->Cr3 & (isPae ? PaeRootMask : AddressMask);
        ulong* slot = null;
        int level = isPae ? 3 : 4;
        for (; level >= 1; level--)
        {
            if (table >> 12 >= c->Frames)
            {
                error |= ErrorPresent | ErrorReserved;
                return false;
            }

            bool isPaeRoot = isPae && level == 3;
            slot = (ulong*)(c->Ram + table) + ((linear >> (12 + 9 * (level - 1))) & (isPaeRoot ? 3UL : 511UL));
            entry = *slot;
            if ((entry & Present) == 0) return false;
            if (isPaeRoot ? HasReservedBitInPaeRoot(c, entry) : HasReservedBit(c, entry, level, nxe))
            {
                error |= ErrorPresent | ErrorReserved;
                return false;
            }

            if (isPaeRoot)
            {
                table = entry & AddressMask; // Such an entry has neither permissions nor an A bit.
                continue;
            }

            all &= entry;
            noExecute |= entry & NoExecute;
            if (level == 1 || IsLarge(entry, level)) break;
            if (update) Mark(c, slot, Accessed);
            table = entry & AddressMask;
        }

        if (!IsAllowed(c, access, all, nxe && noExecute != 0))
        {
            error |= ErrorPresent;
            return false;
        }

        if (update) Mark(c, slot, access == AccessKind.Write ? Accessed | Dirty : Accessed);

        ulong within = (1UL << (9 * (level - 1))) - 1; // frames of a large page
        ulong mfn = (entry & AddressMask) >> 12 & ~within | linear >> 12 & within;
        bool writable = MayWrite(c, all) && (*slot & Dirty) != 0;
        found = new(mfn, writable, level > 1);
        return true;
    }

    private static bool HasReservedBitInPaeRoot(CpuState* c, ulong entry) =>
        (entry & PaeRootReserved) != 0 || (entry & AddressMask) >> 12 >= c->Frames;

    private static bool IsLarge(ulong entry, int level) => level is 2 or 3 && (entry & PageSize) != 0;

    private static bool HasReservedBit(CpuState* c, ulong entry, int level, bool nxe)
    {
        if (!nxe && (entry & NoExecute) != 0) return true;
        if (level == 4 && (entry & PageSize) != 0) return true;
        ulong mfn = (entry & AddressMask) >> 12;
        if (!IsLarge(entry, level)) return mfn >= c->Frames;

        ulong frames = 1UL << (9 * (level - 1));
        if ((mfn & (frames - 1) & ~1UL) != 0) return true; // bit 12 is PAT
        return (mfn & ~1UL) + frames > c->Frames;
    }

    private static bool IsAllowed(CpuState* c, AccessKind access, ulong all, bool noExecute)
    {
        if (c->Cpl == 3 && (all & User) == 0) return false;
        return access switch
        {
            AccessKind.Write => MayWrite(c, all),
            AccessKind.Execute => !noExecute,
            _ => true,
        };
    }

    private static bool MayWrite(CpuState* c, ulong all) => (all & Write) != 0 || (c->Cpl != 3 && (c->Cr0 & Cr0Wp) == 0);

    private static void Mark(CpuState* c, ulong* slot, ulong bits)
    {
        if ((*slot & bits) == bits) return;
        *slot |= bits;
        ulong address = (ulong)((byte*)slot - c->Ram);
        c->WrittenFrames[address >> 12] = 1;
        if (c->CodeFrames[address >> 12] != 0) CpuState.ProcessorOf(c).CodeStored(address, sizeof(ulong));
    }
}
