namespace Implementation.Hypervisor;

/// <summary>Linear page tables: an entry of an upper table that names a table of the same level.</summary>
public partial class PageTables
{
    /// <summary>Accepts a read-only entry to the table itself or to a validated sibling (get_l2_linear_pagetable() ..).</summary>
    /// <remarks>
    /// A table is either pointed at by siblings or points at some, never both: so no chain is longer than one, and taking
    /// one apart stays bounded (XSA-240). An entry to the table itself holds nothing. A table with Xen's slots counts as any L2.
    /// </remarks>
    private bool TryGetLinear(ulong entry, ulong table, int level, ushort owner)
    {
        ulong mfn = Pte.Mfn(entry);
        if (!MayBeLinear(level, entry)) return false;
        if (mfn == table) return true;
        if (!TryGetPage(mfn, owner)) return false;

        ref readonly FrameInfo target = ref Frames[mfn];
        bool isPossible =
            Frames[table].LinearCount is >= 0 and < short.MaxValue
            && target.LinearCount is <= 0 and > short.MinValue
            && target.Type == TableType(level)
            && target.IsValidated
            && target.TypeCount < MaxCount;
        if (!isPossible)
        {
            PutPage(mfn);
            return false;
        }

        Frames.Change(table).LinearCount++;
        ref FrameInfo used = ref Frames.Change(mfn);
        used.LinearCount--;
        used.TypeCount++;
        return true;
    }

    /// <summary>A writable linear entry would let the guest write its own tables.</summary>
    protected internal virtual bool MayBeLinear(int level, ulong entry) => !Pte.IsWritable(entry);

    /// <summary>Undoes the two counts of a linear entry; the type reference is dropped by the caller.</summary>
    private void DropLinear(ulong parent, ulong used)
    {
        Frames.Change(parent).LinearCount--;
        Frames.Change(used).LinearCount++;
    }
}
