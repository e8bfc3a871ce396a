namespace Implementation.Hypervisor;

/// <summary>Changing one entry.</summary>
public partial class PageTables
{
    private Domain? _flushDue;

    /// <summary>Stores an entry into a frame of the caller's, as a page-table update or as plain data.</summary>
    /// <param name="v">the caller</param>
    /// <param name="tableMfn">the frame; untrusted</param>
    /// <param name="slot">0..511</param>
    /// <param name="newValue">the entry; untrusted</param>
    /// <param name="preserveAd">keep the A and D bits that the entry has (MMU_PT_UPDATE_PRESERVE_AD)</param>
    /// <param name="pageOwner">whose frames a leaf may map; the caller's own when null</param>
    /// <returns>
    /// 0; -EINVAL: not the caller's frame, or in a use that has no entries, or what <see cref="GetTable"/> and
    /// <see cref="GetLeaf"/> say; -EPERM, -EBUSY: the latter
    /// (MMU_NORMAL_PT_UPDATE in do_mmu_update(), xen/arch/x86/mm.c).
    /// </returns>
    /// <remarks>
    /// A frame that is no table now is written as data and so must be free for the Writable use: Linux fills tables that way
    /// before it pins them.
    /// </remarks>
    public long ModifyEntry(Vcpu v, ulong tableMfn, int slot, ulong newValue, bool preserveAd = false, ushort? pageOwner = null)
    {
        long rc = Complete(() => BeginModifyEntry(v.Domain, tableMfn, slot, newValue, preserveAd, pageOwner ?? v.Domain.Id));
        if (rc == 0) v.Domain.EntryUpdates++;
        return rc;
    }

    /// <summary>One part of <see cref="ModifyEntry"/>, up to a preemption point.</summary>
    /// <remarks>What the old entry held is left to <see cref="FinishTeardown"/>.</remarks>
    internal long BeginModifyEntry(Domain caller, ulong tableMfn, int slot, ulong newValue, bool preserveAd, ushort pageOwner)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)slot, (uint)Pte.TableEntries - 1, nameof(slot));
        if (!TryGetPage(tableMfn, caller.Id)) return -Errno.EINVAL;

        FrameInfo frame = Frames[tableMfn];
        long rc;
        if (!frame.IsValidated || frame.TypeCount == 0) rc = StoreAsData(tableMfn, slot, newValue);
        else if (frame.Type == PageType.L1) rc = ModifyLeaf(caller, tableMfn, slot, newValue, preserveAd, pageOwner);
        else if (frame.IsTable && pageOwner == caller.Id) rc = ModifyUpper(caller, tableMfn, slot, newValue, preserveAd);
        else if (frame.Type == PageType.Writable) rc = StoreAsData(tableMfn, slot, newValue);
        else rc = -Errno.EINVAL;

        PutPage(tableMfn);
        return rc;
    }

    /// <summary>Flushes the caller's domain's TLBs if an upper entry changed since the last call (flush_linear_pt; XSA-286).</summary>
    internal void FlushAfterUpdates()
    {
        if (_flushDue is { } domain) FlushTlb(domain);
        _flushDue = null;
    }

    private long StoreAsData(ulong mfn, int slot, ulong value)
    {
        if (GetPageType(mfn, PageType.Writable) != 0) return -Errno.EINVAL;

        WriteEntry(mfn, slot, value);
        PutPageType(mfn);
        return 0;
    }

    /// <summary>mod_l1_entry().</summary>
    private long ModifyLeaf(Domain domain, ulong table, int slot, ulong entry, bool preserveAd, ushort pageOwner)
    {
        ulong old = ReadEntry(table, slot);
        if (Pte.IsPresent(entry))
        {
            if ((entry & DisallowedBits(1, domain)) != 0) return -Errno.EINVAL;

            entry = Adjusted(entry, level: 1, domain);
            if (MayUseFastPath(1, old, entry)) return Store(table, slot, old, entry, preserveAd);

            long rc = GetLeaf(entry, domain, pageOwner);
            if (rc < 0) return rc;
        }

        Store(table, slot, old, entry, preserveAd);
        PutLeaf(old);
        return 0;
    }

    /// <summary>mod_l2_entry() .. mod_l4_entry().</summary>
    private long ModifyUpper(Domain domain, ulong table, int slot, ulong entry, bool preserveAd)
    {
        int level = (int)Frames[table].Type;
        if (!IsGuestSlot(Frames[table], slot)) return level == 2 ? -Errno.EPERM : -Errno.EINVAL;
        // Slot 3 of a 32-bit root leads to Xen's own mappings, and the slots behind it must stay empty.
        if (level == 3 && domain.Is32Bit && slot >= XenSlotOfRoot32) return -Errno.EINVAL;

        ulong old = ReadEntry(table, slot);
        if (Pte.IsPresent(entry))
        {
            if ((entry & DisallowedBits(level, domain)) != 0) return -Errno.EINVAL;

            entry = Adjusted(entry, level, domain);
            if (!MayUseFastPath(level, old, entry))
            {
                long rc = GetTable(entry, table, level);
                if (rc < 0) return rc;

                ReleaseLater(old, table);
            }
        }
        else
        {
            ReleaseLater(old, table);
        }

        _flushDue = domain;
        return Store(table, slot, old, entry, preserveAd);
    }

    /// <summary>Leaves what the replaced entry held to <see cref="FinishTeardown"/>: it may be a long job (PTF_defer).</summary>
    private void ReleaseLater(ulong old, ulong table)
    {
        ulong mfn = Pte.Mfn(old);
        if (Pte.IsPresent(old) && mfn != table) _unfinished.Add(new(mfn, table, IsPartial: false));
    }

    /// <summary>update_intpte(), xen/arch/x86/pv/mm.h.</summary>
    private long Store(ulong table, int slot, ulong old, ulong entry, bool preserveAd)
    {
        WriteEntry(table, slot, preserveAd ? entry | (old & (Pte.Accessed | Pte.Dirty)) : entry);
        return 0;
    }
}
