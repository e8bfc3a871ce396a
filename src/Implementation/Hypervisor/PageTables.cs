namespace Implementation.Hypervisor;

/// <summary>Page types, validation and updates of guest page tables (what xen/arch/x86/mm.c is to Xen).</summary>
/// <remarks>
/// <para>
/// Guests run on their own page tables, so Xen makes sure that no guest can write a table that the hardware walks. Every
/// frame has two counts. The general count says how often the frame is held at all; it is free when nobody holds it. The
/// type count says how often it is held <em>as</em> something: a page table of one level, a page of segment descriptors, or
/// a page mapped writable. Those uses exclude one another, and a frame changes use only while its type count is zero.
/// </para>
/// <para>
/// Becoming a table or a descriptor page takes, in this order: the type reference, which shuts every other use out; a TLB
/// flush, in case a processor still holds a writable translation from before (XSA-401); the audit of each entry, which
/// takes the references that the entry stands for. From then on each change of an entry goes through
/// <see cref="ModifyEntry"/>. When the last type reference goes, the entries' references go too.
/// </para>
/// <para>
/// Audit and its undoing go entry by entry and can stop after any of them (<see cref="Preempt"/>). A table that was left
/// half way is marked partial; the mark holds one type and one general reference, and says up to which entry the
/// references are held. The operation then answers -ERESTART and goes on where it stopped when it is called again.
/// </para>
/// <para>
/// The checks that historical mistakes got wrong are methods of their own, so that a mistake is re-made by overriding one.
/// Guest arguments (frame numbers, slots, entries) are untrusted everywhere below.
/// </para>
/// </remarks>
public partial class PageTables(Xen xen)
{
    /// <summary>No frame has this number; stands for "no table above".</summary>
    internal const ulong NoFrame = ulong.MaxValue;

    /// <summary>A count that reaches this is not raised any further: the request fails instead.</summary>
    private const uint MaxCount = uint.MaxValue - 2;

    private List<Unfinished> _unfinished = [];

    /// <summary>Asked between two entries of a long operation; true makes it stop there (hypercall_preempt_check()).</summary>
    public Func<bool>? Preempt { get; set; }

    /// <summary>Called when a request has stopped, its partial state in place and its flushes done, before it goes on: other vCPUs may run.</summary>
    public Action? Paused { get; set; }

    /// <summary>A frame of Xen's to carry out one guest instruction in (writable page tables).</summary>
    internal ulong ScratchFrame { get; } = xen.Heap.AllocateXenFrame();

    protected Xen Xen { get; } = xen;

    private FrameTable Frames => Xen.Frames;

    /// <summary>What <see cref="FinishTeardown"/> has still to take apart, and whether it is partial already.</summary>
    internal IEnumerable<(ulong Mfn, bool IsPartial)> Pending => _unfinished.Select(old => (old.Mfn, old.IsPartial));

    /// <summary>How often it could have been asked so far, whether anybody was asked or not.</summary>
    public ulong Chances { get; private set; }

    private bool ShouldPreempt
    {
        get
        {
            Chances++;
            return Preempt?.Invoke() ?? false;
        }
    }

    /// <summary>A table to take apart before the next operation (Xen: <c>current-&gt;arch.old_guest_table</c>).</summary>
    /// <param name="Mfn">the table; one general reference to it is held here</param>
    /// <param name="Parent">the table whose entry held it, which tells a linear entry; or <see cref="NoFrame"/></param>
    /// <param name="IsPartial">only what its partial state holds is left; otherwise a type reference is held here too</param>
    /// <remarks>
    /// Xen has room for one, and loses it when the audit fails at slot 0 of a table between two others that it has begun
    /// (the ASSERT_UNREACHABLE() in promote_l4_table()); hence the list.
    /// </remarks>
    private sealed record Unfinished(ulong Mfn, ulong Parent, bool IsPartial);

    /// <summary>The page type of a table of <paramref name="level"/> 1..4.</summary>
    internal static PageType TableType(int level) => (PageType)level;

    /// <summary>
    /// Whether a slot of a table is the guest's. Slots 256..271 of an L4 belong to Xen (ROOT_PAGETABLE_FIRST_XEN_SLOT ..
    /// LAST), and so do those from 428 up of the L2 for a 32-bit domain's last GiB (COMPAT_L2_PAGETABLE_FIRST_XEN_SLOT).
    /// </summary>
    internal static bool IsGuestSlot(in FrameInfo table, int slot) => table.Type switch
    {
        PageType.L4 => slot is < 256 or > 271,
        PageType.L2 => !table.HasXenSlots || slot < MachineToPhys32.FirstSlot,
        _ => true,
    };

    /// <summary>The use that a root of the domain's is in.</summary>
    internal static PageType RootType(Domain domain) => domain.Is32Bit ? PageType.L3 : PageType.L4;

    /// <summary>Finishes what an earlier operation left to take apart.</summary>
    /// <returns>0, or -ERESTART: call again (put_old_guest_table()).</returns>
    internal long FinishTeardown()
    {
        while (_unfinished.Count > 0)
        {
            Unfinished old = _unfinished[^1];
            long rc = PutPageType(old.Mfn, old.Parent, partialOnly: old.IsPartial);
            if (rc != 0)
            {
                _unfinished[^1] = old with { IsPartial = true };
                return rc;
            }

            _unfinished.RemoveAt(_unfinished.Count - 1);
            PutPage(old.Mfn);
        }

        return 0;
    }

    private bool IsUnfinished(ulong mfn) => _unfinished.Exists(old => old.Mfn == mfn);

    /// <summary>Runs an operation of this class to its end, through every preemption, as continuations do.</summary>
    internal long Complete(Func<long> operation)
    {
        long rc;
        while ((rc = operation()) == -Errno.ERESTART) Pause();
        while (FinishTeardown() != 0) Pause();
        return rc;
    }

    /// <summary>Lets others run in the middle of a request. What the request has still to take apart and to flush is its vCPU's own.</summary>
    private void Pause()
    {
        if (Paused is null) return;

        List<Unfinished> own = _unfinished;
        _unfinished = [];
        FlushAfterUpdates();
        Xen.Observer?.RequestPaused();
        Paused();
        Xen.Observer?.RequestResuming();
        _unfinished = own;
    }

    private ulong ReadEntry(ulong table, int slot) => Xen.Memory.Read64((table << 12) + ((ulong)slot * sizeof(ulong)));

    private void WriteEntry(ulong table, int slot, ulong value)
    {
        Xen.Memory.Write64((table << 12) + ((ulong)slot * sizeof(ulong)), value);
        Xen.Observer?.FrameTouched(table);
    }
}
