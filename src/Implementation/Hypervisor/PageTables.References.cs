namespace Implementation.Hypervisor;

/// <summary>General and type references: who holds a frame, and as what.</summary>
public partial class PageTables
{
    /// <summary>Takes a general reference to a frame of <paramref name="owner"/>.</summary>
    /// <returns>false, with nothing taken: no such frame, or not the owner's (get_page_from_mfn()).</returns>
    public bool TryGetPage(ulong mfn, ushort owner)
    {
        if (!Xen.Memory.Contains(mfn)) return false;

        ref readonly FrameInfo frame = ref Frames[mfn];
        if (frame.RefCount is 0 or >= MaxCount || frame.Owner != owner) return false;

        Frames.Change(mfn).RefCount++;
        return true;
    }

    /// <summary>Drops a general reference; the frame is free when it was the last (put_page()).</summary>
    public void PutPage(ulong mfn)
    {
        ref FrameInfo frame = ref Frames.Change(mfn);
        if (frame.RefCount == 0) throw new InvalidOperationException($"Frame {mfn:x} has no reference to drop.");

        if (--frame.RefCount == 0) Xen.Heap.Free(mfn);
    }

    /// <summary>Drops the owner's own reference, once (put_page_alloc_ref()).</summary>
    internal void PutAllocation(ulong mfn)
    {
        ref FrameInfo frame = ref Frames.Change(mfn);
        if (!frame.IsAllocated) return;

        frame.IsAllocated = false;
        PutPage(mfn);
    }

    /// <summary>Takes a type reference, auditing the contents when the frame comes into this use.</summary>
    /// <returns>
    /// 0; -EINVAL: in another use, or the audit found -EINVAL; another errno of the audit; -ERESTART: partial, call again
    /// (_get_page_type()).
    /// </returns>
    /// <param name="mfn">a frame that the caller holds</param>
    /// <param name="type">the use</param>
    /// <param name="withXenSlots">for an L2: as the one whose upper slots are Xen's, which is a use of its own</param>
    public long GetPageType(ulong mfn, PageType type, bool withXenSlots = false)
    {
        FrameInfo before = Frames[mfn];
        bool isSameUse = before.Type == type && before.HasXenSlots == withXenSlots;
        if (before.TypeCount >= MaxCount) return -Errno.EINVAL;
        if (before.TypeCount > 0 && !isSameUse) return -Errno.EINVAL;

        ref FrameInfo frame = ref Frames.Change(mfn);
        if (before.TypeCount > 0 && MayJoin(before))
        {
            frame.TypeCount++;
            return 0;
        }

        // From here to the end of the audit the frame is excluded from every other use and not yet good for this one.
        frame.TypeCount = 1;
        frame.Type = type;
        frame.HasXenSlots = withXenSlots;
        frame.IsPartial = false;
        frame.IsValidated = before.IsValidated && isSameUse;
        if (frame.IsValidated) return 0;

        if (!isSameUse) FlushBeforeRetype(mfn, before.Type, type);

        long rc = 0;
        if (type == PageType.Writable)
        {
            frame.IsValidated = true;
        }
        else
        {
            if (!before.IsPartial)
            {
                frame.IsUnproven = true;
                frame.ValidatedEntries = 0;
                frame.IsNextEntryPartial = false;
                frame.LinearCount = 0;
            }

            rc = Validate(mfn, type);
        }

        // Its partial state held a reference of its own. A new one was taken if it is partial again.
        if (before.IsPartial) PutPage(mfn);
        return rc;
    }

    /// <summary>Whether a frame that is held in the type asked for is one that may be held so once more, without an audit (PGT_validated).</summary>
    /// <remarks>A table whose audit was interrupted is held in its type and is not yet good for it (XSA-299).</remarks>
    protected internal virtual bool MayJoin(in FrameInfo frame) => frame.IsValidated;

    /// <summary>Takes both references for a frame of <paramref name="owner"/> (get_page_and_type_from_mfn()).</summary>
    /// <param name="isHeld">a partial entry already holds the general reference, and keeps it whatever happens</param>
    /// <param name="keepOnRestart">keep the general reference when the answer is -ERESTART</param>
    /// <param name="withXenSlots">as for <see cref="GetPageType"/></param>
    internal long GetPageAndType(
        ulong mfn, PageType type, ushort owner, bool isHeld = false, bool keepOnRestart = false, bool withXenSlots = false)
    {
        if (!isHeld && !TryGetPage(mfn, owner)) return -Errno.EINVAL;

        long rc = GetPageType(mfn, type, withXenSlots);
        bool isKept = rc == 0 || isHeld || IsUnfinished(mfn) || (keepOnRestart && rc == -Errno.ERESTART);
        if (!isKept) PutPage(mfn);
        return rc;
    }

    /// <summary>Drops a type reference; a table's entries are released when it was the last (_put_page_type()).</summary>
    /// <param name="parent">the table whose entry held the reference, or <see cref="NoFrame"/></param>
    /// <param name="partialOnly">no type reference is held: only take apart a table that was left partial</param>
    /// <returns>0, or -ERESTART: the frame is partial and that state has taken the reference over.</returns>
    internal long PutPageType(ulong mfn, ulong parent = NoFrame, bool partialOnly = false)
    {
        FrameInfo before = Frames[mfn];
        if (partialOnly && !before.IsPartial) return 0;
        if (before.TypeCount == 0 || before.IsPartial != partialOnly || (!partialOnly && !before.IsValidated))
            throw new InvalidOperationException($"Frame {mfn:x} ({before.Type}) has no type reference to drop.");

        long rc = 0;
        if (before.TypeCount == 1 && before.IsTable) rc = Devalidate(mfn);
        else Frames.Change(mfn).TypeCount--;

        if (before.IsValidated && parent != NoFrame && Frames[parent].Type == before.Type) DropLinear(parent, mfn);
        if (before.IsPartial) PutPage(mfn);
        return rc;
    }

    /// <summary>Drops both references; on -ERESTART only the type reference is gone (put_page_and_type_preemptible()).</summary>
    internal long PutPageAndType(ulong mfn)
    {
        long rc = PutPageType(mfn);
        if (rc == 0) PutPage(mfn);
        return rc;
    }
}
