namespace Implementation.Hypervisor;

/// <summary>What one entry may say, and the references it stands for.</summary>
public partial class PageTables
{
    /// <summary>Bits that may change in an entry without a new audit (FASTPATH_FLAG_WHITELIST); RW is not one (XSA-182).</summary>
    private const ulong Harmless =
        Pte.NoExecute | Pte.AvailableHigh | Pte.Available | Pte.Global | Pte.Dirty | Pte.Accessed | Pte.User;

    private const ulong BaseAllowed =
        Pte.Present | Pte.Writable | Pte.User | Pte.Accessed | Pte.Dirty | Pte.Available | Pte.AvailableHigh | Pte.NoExecute;

    /// <summary>The frame number of an entry whose address bits are all ones (INVALID_MFN as an entry can hold it).</summary>
    private const ulong AllOnesMfn = Pte.AddressMask >> 12;

    /// <summary>Flags that a present entry of <paramref name="level"/> 1..4 must not have (L1_DISALLOW_MASK ..).</summary>
    /// <remarks>
    /// PSE would map 512 frames that nobody audits (XSA-148). PWT, PCD and PAT are for domains with devices only; G is Xen's
    /// in leaves and may be read back and written again. Bit 62 (_PAGE_GNTTAB) is refused by debug builds of Xen only.
    /// </remarks>
    protected internal virtual ulong DisallowedBits(int level, Domain domain)
    {
        const ulong disallowed = ~(BaseAllowed | Pte.AddressMask);
        return level switch
        {
            1 => disallowed & ~Pte.Global,
            3 when domain.Is32Bit => disallowed | Pte.AvailableHigh | Pte.NoExecute, // Reserved where the hardware's root has four entries.
            _ => disallowed,
        };
    }

    /// <summary>Whether a present entry differs so little from the old one that the references stay as they are.</summary>
    protected internal virtual bool MayUseFastPath(int level, ulong oldEntry, ulong newEntry) =>
        ((oldEntry ^ newEntry) & ~Harmless) == 0;

    /// <summary>A present entry as Xen stores it (adjust_guest_l1e() .., xen/arch/x86/pv/mm.h).</summary>
    /// <remarks>
    /// A pv64 kernel runs at CPL 3, so everything is US; kernel and user pages are kept apart by the two roots. A 32-bit
    /// kernel runs at CPL 1 and keeps its pages to itself by US; only the four entries of its root, which as such have
    /// neither US nor RW, must not stand in the way.
    /// </remarks>
    private static ulong Adjusted(ulong entry, int level, Domain domain) => level switch
    {
        3 when domain.Is32Bit => entry | Pte.User | Pte.Writable,
        _ when domain.Is32Bit => entry,
        1 when (entry & Pte.User) == 0 => entry | Pte.GuestKernel | Pte.User,
        1 when (entry & Pte.GuestKernel) == 0 => entry | Pte.Global,
        4 => entry | Pte.User | Pte.Accessed,
        _ => entry | Pte.User,
    };

    /// <summary>An entry of a root that is no longer one, without what Xen and the processor added (unadjust_guest_l3e()).</summary>
    private static ulong Unadjusted(ulong entry) => Pte.IsPresent(entry) ? entry & ~(Pte.User | Pte.Writable | Pte.Accessed) : entry;

    /// <summary>Takes what a present leaf stands for (get_page_from_l1e()).</summary>
    /// <param name="pageOwner">the domain whose frames it may map</param>
    /// <returns>
    /// 0; -EINVAL: a disallowed flag, or the address is all ones; -EPERM: not RAM (no domain here may map I/O memory);
    /// -EBUSY: not the owner's frame, or writable and the frame is in another use.
    /// </returns>
    private long GetLeaf(ulong entry, Domain domain, ushort pageOwner)
    {
        if ((entry & DisallowedBits(1, domain)) != 0) return -Errno.EINVAL;

        ulong mfn = Pte.Mfn(entry);
        if (!Xen.Memory.Contains(mfn)) return mfn == AllOnesMfn ? -Errno.EINVAL : -Errno.EPERM;
        if (!TryGetPage(mfn, pageOwner)) return -Errno.EBUSY;
        if (!Pte.IsWritable(entry) || GetPageType(mfn, PageType.Writable) == 0) return 0;

        PutPage(mfn);
        return -Errno.EBUSY;
    }

    /// <summary>Drops what a leaf stood for (put_page_from_l1e()).</summary>
    private void PutLeaf(ulong entry)
    {
        ulong mfn = Pte.Mfn(entry);
        if (!Pte.IsPresent(entry) || !Xen.Memory.Contains(mfn)) return;

        if (Pte.IsWritable(entry)) PutPageType(mfn);
        else DropLdtPagesLike(mfn);
        PutPage(mfn);
    }

    /// <summary>Takes what a present entry of an upper table stands for (get_page_from_l2e() .. get_page_from_l4e()).</summary>
    /// <param name="isHeld">the entry is partial: its general reference is held already</param>
    /// <param name="withXenSlots">it is the last entry of a 32-bit domain's root</param>
    /// <returns>
    /// 0; -EINVAL: a disallowed flag, not a frame of the domain, in another use, or its contents fail the audit; another
    /// errno of that audit; -ERESTART: the table below is partial.
    /// </returns>
    private long GetTable(ulong entry, ulong table, int level, bool isHeld = false, bool keepOnRestart = false, bool withXenSlots = false)
    {
        Domain domain = DomainOf(table);
        ushort owner = domain.Id;
        if ((entry & DisallowedBits(level, domain)) != 0) return -Errno.EINVAL;

        long rc = GetPageAndType(Pte.Mfn(entry), TableType(level - 1), owner, isHeld, keepOnRestart, withXenSlots);
        bool mayBeLinear = !(domain.Is32Bit && level == 3);
        return rc == -Errno.EINVAL && mayBeLinear && TryGetLinear(entry, table, level, owner) ? 0 : rc;
    }

    /// <summary>Drops what an entry of an upper table stood for (put_page_from_l2e() .. put_page_from_l4e()).</summary>
    /// <param name="isPartial">the entry is partial: it holds a general reference and no type reference</param>
    /// <returns>0, or -ERESTART: the table below is partial and the entry still holds the general reference.</returns>
    private long PutTable(ulong entry, ulong table, bool isPartial)
    {
        ulong mfn = Pte.Mfn(entry);
        if (!Pte.IsPresent(entry) || mfn == table) return 0;

        long rc = PutPageType(mfn, table, isPartial);
        if (rc == 0) PutPage(mfn);
        return rc;
    }
}
