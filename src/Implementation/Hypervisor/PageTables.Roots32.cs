namespace Implementation.Hypervisor;

/// <summary>The root of a 32-bit domain: an L3 of four entries, the last of which leads to Xen's mappings.</summary>
public partial class PageTables
{
    /// <summary>The slot that covers the last GiB, where the machine-to-physical table is.</summary>
    internal const int XenSlotOfRoot32 = 3;

    /// <summary>The frames that fit into the CR3 of a processor without the extended format.</summary>
    private const ulong FramesBelow4GiB = 1 << 20;

    /// <summary>Whether the frame's number can be a root for a guest that may not know the extended CR3 format.</summary>
    /// <remarks>Nothing is asked of the domain builder, which comes before the first vCPU has a root.</remarks>
    protected internal virtual bool MayBeRoot32(ulong mfn, Domain owner) =>
        mfn < FramesBelow4GiB || owner.Assists.HasFlag(VmAssist.PaeExtendedCr3) || owner.Vcpus is not [{ KernelRootMfn: not 0 }, ..];

    /// <summary>The guest's table has four entries; the processor, in long mode, sees 512.</summary>
    private void ClearFrom(ulong table, int first)
    {
        for (int slot = first; slot < Pte.TableEntries; slot++)
        {
            if (ReadEntry(table, slot) != 0) WriteEntry(table, slot, 0);
        }
    }

    /// <summary>Takes what slot 3 of a root stands for: an L2 that no other root has there (pae_xen_mappings_check()).</summary>
    /// <param name="isHeld">as for <see cref="GetTable"/></param>
    /// <returns>as <see cref="GetTable"/>; -EINVAL also: not present, or the L2 is held by another</returns>
    private long GetXensTable(ulong entry, ulong table, bool isHeld)
    {
        if (!Pte.IsPresent(entry)) return -Errno.EINVAL;

        long rc = GetTable(entry, table, level: 3, isHeld, keepOnRestart: true, withXenSlots: true);
        ulong mfn = Pte.Mfn(entry);
        if (rc != 0 || !IsShared(Frames[mfn])) return rc;

        // Not the last reference, so this is short.
        PutPageType(mfn, table);
        if (!isHeld) PutPage(mfn);
        return -Errno.EINVAL;
    }

    /// <summary>Whether an L2 with Xen's slots is held more than once.</summary>
    protected internal virtual bool IsShared(in FrameInfo table) => table.TypeCount != 1;
}
