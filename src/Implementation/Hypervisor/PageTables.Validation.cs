namespace Implementation.Hypervisor;

/// <summary>Auditing a frame into a use, entry by entry, and undoing it.</summary>
public partial class PageTables
{
    /// <summary>Audits a frame that has just got its first type reference (validate_page()).</summary>
    private long Validate(ulong mfn, PageType type)
    {
        long rc = type switch
        {
            PageType.SegDesc => ValidateDescriptors(mfn),
            PageType.L1 => PromoteLeaf(mfn),
            _ => PromoteUpper(mfn, (int)type),
        };

        ref FrameInfo frame = ref Frames.Change(mfn);
        if (rc == 0)
        {
            frame.IsValidated = true;
            frame.IsUnproven = false;
            frame.ValidatedEntries = Pte.TableEntries;
            frame.IsNextEntryPartial = false;
        }
        else if (rc == -Errno.ERESTART || IsUnfinished(mfn))
        {
            frame.IsPartial = true;
            frame.RefCount++;
        }
        else
        {
            frame.TypeCount = 0;
            Disown(ref frame);
        }

        return rc;
    }

    /// <summary>Takes every leaf's references, or none (promote_l1_table()).</summary>
    private long PromoteLeaf(ulong table)
    {
        Domain owner = DomainOf(table);
        for (int slot = 0; slot < Pte.TableEntries; slot++)
        {
            ulong entry = ReadEntry(table, slot);
            if (!Pte.IsPresent(entry)) continue;

            long rc = GetLeaf(entry, owner, owner.Id);
            if (rc < 0)
            {
                while (slot-- > 0) PutLeaf(ReadEntry(table, slot));
                return rc;
            }

            Adjust(table, slot, entry, level: 1, owner);
        }

        return 0;
    }

    /// <summary>Goes on taking the references of an upper table's entries (promote_l2_table() .. promote_l4_table()).</summary>
    /// <returns>0; -ERESTART: partial; an errno, with the entries before it left to be taken apart.</returns>
    private long PromoteUpper(ulong table, int level)
    {
        Domain owner = DomainOf(table);
        int first = Frames[table].ValidatedEntries, end = Pte.TableEntries;
        bool isPartial = Frames[table].IsNextEntryPartial, isRoot32 = level == 3 && owner.Is32Bit;
        if (isRoot32)
        {
            if (!MayBeRoot32(table, owner)) return -Errno.ERANGE;

            end = XenSlotOfRoot32 + 1;
            ClearFrom(table, end);
        }

        for (int slot = first; slot < end; slot++, isPartial = false)
        {
            // A root is short of work of its own: its entries' tables stop by themselves.
            if (slot > first && level < 4 && ShouldPreempt) return Pause(table, slot, isNextPartial: false);
            if (!IsGuestSlot(Frames[table], slot)) continue;

            ulong entry = ReadEntry(table, slot);
            bool isXens = isRoot32 && slot == XenSlotOfRoot32;
            if (!Pte.IsPresent(entry) && !isXens) continue;

            long rc = isXens ? GetXensTable(entry, table, isPartial) : GetTable(entry, table, level, isPartial, keepOnRestart: true);
            if (rc == -Errno.ERESTART) return Pause(table, slot, isNextPartial: true);
            if (rc < 0)
            {
                Abandon(table, slot, Pte.Mfn(entry), isPartial);
                return rc;
            }

            Adjust(table, slot, entry, level, owner);
        }

        InstallXenSlots(table);
        return 0;
    }

    /// <summary>Records that entries [0, <paramref name="slot"/>) hold their references and the rest do not.</summary>
    private long Pause(ulong table, int slot, bool isNextPartial)
    {
        ref FrameInfo frame = ref Frames.Change(table);
        frame.ValidatedEntries = (ushort)slot;
        frame.IsNextEntryPartial = isNextPartial;
        return -Errno.ERESTART;
    }

    /// <summary>The entry at <paramref name="slot"/> is bad: what the entries before it hold is to be dropped later.</summary>
    /// <param name="below">the frame that the entry names; a half-audited table there is taken apart through this one</param>
    /// <param name="isHeld">the entry had been begun before a preemption and holds a general reference</param>
    protected internal virtual void Abandon(ulong table, int slot, ulong below, bool isHeld)
    {
        if (slot > 0)
        {
            bool isAdopted = _unfinished.RemoveAll(old => old.Mfn == below) > 0;
            Pause(table, slot, isNextPartial: isAdopted || isHeld);
            _unfinished.Add(new(table, NoFrame, IsPartial: true));
        }
        else if (isHeld && !IsUnfinished(below))
        {
            PutPage(below); // Xen loses this one.
        }
    }

    /// <summary>Releases the entries of a table whose last type reference goes (_put_final_page_type()).</summary>
    private long Devalidate(ulong mfn)
    {
        ref FrameInfo frame = ref Frames.Change(mfn);
        if (!frame.IsPartial)
        {
            frame.ValidatedEntries = Pte.TableEntries;
            frame.IsNextEntryPartial = false;
        }

        frame.IsValidated = frame.IsPartial = false;
        long rc = frame.Type == PageType.L1 ? DemoteLeaf(mfn) : DemoteUpper(mfn, (int)frame.Type);

        if (rc == 0)
        {
            frame.TypeCount--;
            Disown(ref frame);
        }
        else
        {
            frame.IsPartial = true;
            frame.RefCount++;
        }

        return rc;
    }

    /// <summary>No entry holds anything. A table keeps its type as a memory; what never passed the audit has none.</summary>
    private static void Disown(ref FrameInfo frame)
    {
        if (frame.IsUnproven) (frame.Type, frame.HasXenSlots) = (PageType.None, false);
        frame.IsUnproven = frame.IsNextEntryPartial = false;
        frame.ValidatedEntries = 0;
    }

    private long DemoteLeaf(ulong table)
    {
        for (int slot = 0; slot < Pte.TableEntries; slot++) PutLeaf(ReadEntry(table, slot));
        return 0;
    }

    /// <summary>Drops the references of an upper table's entries from the last to the first (demote_l2_table() ..).</summary>
    private long DemoteUpper(ulong table, int level)
    {
        bool isPartial = Frames[table].IsNextEntryPartial, isRoot32 = level == 3 && DomainOf(table).Is32Bit;
        int slot = Frames[table].ValidatedEntries - (isPartial ? 0 : 1);

        while (true)
        {
            if (IsGuestSlot(Frames[table], slot))
            {
                ulong entry = ReadEntry(table, slot);
                if (PutTable(entry, table, isPartial) != 0) return Pause(table, slot, isNextPartial: true);
                if (isRoot32 && Unadjusted(entry) is var plain && plain != entry) WriteEntry(table, slot, plain);
            }

            isPartial = false;
            if (slot == 0) return 0;
            if (level < 4 && ShouldPreempt) return Pause(table, slot, isNextPartial: false);

            slot--;
        }
    }

    /// <summary>Writes an audited entry back with the bits that Xen forces.</summary>
    private void Adjust(ulong table, int slot, ulong entry, int level, Domain owner)
    {
        ulong adjusted = Adjusted(entry, level, owner);
        if (adjusted != entry) WriteEntry(table, slot, adjusted);
    }

    private Domain DomainOf(ulong mfn) =>
        Xen.FindDomain(Frames[mfn].Owner) ?? throw new InvalidOperationException($"Frame {mfn:x} belongs to no domain.");
}
