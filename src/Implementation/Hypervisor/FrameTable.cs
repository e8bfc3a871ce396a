namespace Implementation.Hypervisor;

/// <summary>What a frame is in use as. The uses exclude one another (xen/arch/x86/mm.c, opening comment).</summary>
public enum PageType : byte { None, L1, L2, L3, L4, SegDesc, Writable }

/// <summary>Xen's record of one machine frame, the part of <c>struct page_info</c> that isolation rests on.</summary>
public struct FrameInfo
{
    /// <summary>Domain id of the owner, <see cref="FrameTable.DomidXen"/> or <see cref="FrameTable.NoOwner"/>.</summary>
    public ushort Owner;

    /// <summary>The use; it changes only while <see cref="TypeCount"/> is 0.</summary>
    public PageType Type;

    /// <summary>Xen's own page that it shares with the owner (shared_info, grant frames): never a table, never freed.</summary>
    public bool IsXenHeap;

    /// <summary>PGT_pae_xen_l2: an L2 in use for the last GiB of a 32-bit domain, whose upper slots are Xen's; part of the use.</summary>
    public bool HasXenSlots;

    /// <summary>PGC_allocated: the owner's own reference, dropped by decrease_reservation.</summary>
    public bool IsAllocated;

    /// <summary>PGT_pinned: one type and one general reference belong to a pin.</summary>
    public bool IsPinned;

    /// <summary>PGT_validated: the contents have been audited for <see cref="Type"/>.</summary>
    public bool IsValidated;

    /// <summary>The audit for <see cref="Type"/> has begun and has not succeeded; if it is undone, the frame has no use.</summary>
    public bool IsUnproven;

    /// <summary>PGT_partial: (de)validation stopped half way; that state holds one type and one general reference.</summary>
    public bool IsPartial;

    /// <summary>PTF_partial_set: the entry at <see cref="ValidatedEntries"/> is partial and its general reference is held.</summary>
    public bool IsNextEntryPartial;

    /// <summary>Entries [0, n) that are audited and hold their references; 512 when validated.</summary>
    public ushort ValidatedEntries;

    /// <summary>Positive: entries to tables of the same level; negative: uses by such entries; never both (XSA-240).</summary>
    public short LinearCount;

    /// <summary>Holders of the type: parents, pins, base pointers, descriptor slots, writable leaves.</summary>
    public uint TypeCount;

    /// <summary>Holders of the frame: 1 for <see cref="IsAllocated"/>, and every reference.</summary>
    public uint RefCount;

    public readonly bool IsTable => Type is PageType.L1 or PageType.L2 or PageType.L3 or PageType.L4;
}

/// <summary>One <see cref="FrameInfo"/> for each frame of the machine.</summary>
public sealed partial class FrameTable
{
    public const ushort DomidIo = 0x7ff1, DomidXen = 0x7ff2, NoOwner = 0x7ff4;

    private readonly Xen _xen;
    private readonly FrameInfo[] _frames;

    public FrameTable(Xen xen)
    {
        _xen = xen;
        _frames = new FrameInfo[xen.Memory.Frames];
        Array.Fill(_frames, new FrameInfo { Owner = NoOwner });
    }

    public ref readonly FrameInfo this[ulong mfn] => ref _frames[mfn];

    public ulong Count => (ulong)_frames.LongLength;

    /// <summary>The record for changing it, after telling the observer that it changes.</summary>
    internal ref FrameInfo Change(ulong mfn)
    {
        _xen.Observer?.FrameTouched(mfn);
        return ref _frames[mfn];
    }
}
