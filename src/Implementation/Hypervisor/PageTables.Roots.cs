namespace Implementation.Hypervisor;

/// <summary>Pins, and the base pointers that vCPUs run on.</summary>
public partial class PageTables
{
    /// <summary>mmuext_op MMUEXT_PIN_L1..L4_TABLE: holds a frame in use as a page table.</summary>
    /// <param name="owner">the domain whose frame it must be</param>
    /// <param name="mfn">machine frame to pin; untrusted</param>
    /// <param name="level">1..4</param>
    /// <returns>
    /// 0; -EINVAL: not the owner's frame, in another use, pinned already, or a bad entry below; -EPERM, -EBUSY: a bad leaf
    /// below; -ERESTART: call again.
    /// </returns>
    public long PinTable(Domain owner, ulong mfn, int level)
    {
        if (!TryGetPage(mfn, owner.Id)) return -Errno.EINVAL;

        long rc = GetPageType(mfn, TableType(level));
        if (rc != 0)
        {
            if (!IsUnfinished(mfn)) PutPage(mfn);
            return rc;
        }

        ref FrameInfo frame = ref Frames.Change(mfn);
        if (frame.IsPinned)
        {
            // The reference just taken is not the last, so this is short.
            PutPageAndType(mfn);
            return -Errno.EINVAL;
        }

        frame.IsPinned = true; // The pin owns the two references just taken.
        return 0;
    }

    /// <summary>mmuext_op MMUEXT_UNPIN_TABLE.</summary>
    /// <returns>0, with what is left to <see cref="FinishTeardown"/>; -EINVAL: not the owner's frame, or not pinned</returns>
    public long UnpinTable(Domain owner, ulong mfn)
    {
        if (!TryGetPage(mfn, owner.Id)) return -Errno.EINVAL;

        ref FrameInfo frame = ref Frames.Change(mfn);
        bool wasPinned = frame.IsPinned;
        if (wasPinned)
        {
            frame.IsPinned = false;
            if (PutPageAndType(mfn) != 0) _unfinished.Add(new(mfn, NoFrame, IsPartial: true));
        }

        PutPage(mfn);
        return wasPinned ? 0 : -Errno.EINVAL;
    }

    /// <summary>mmuext_op MMUEXT_NEW_BASEPTR: the root for kernel mode, or the one root of a 32-bit domain (new_guest_cr3()).</summary>
    /// <returns>0; an errno of <see cref="GetPageAndType"/>; -ERESTART: call again.</returns>
    public long NewBase(Vcpu v, ulong mfn)
    {
        long rc = FinishTeardown();
        if (rc != 0) return rc;

        ulong old = v.KernelRootMfn;
        if (old == mfn)
        {
            // A 32-bit root is an entry of Xen's own table, and writing that is never nothing.
            if (v.Domain.Is32Bit) DropLdtPages(v);
            v.LoadRoot();
            return 0;
        }

        rc = GetPageAndType(mfn, RootType(v.Domain), v.Domain.Id);
        if (rc != 0) return rc;

        if (!v.Domain.Is32Bit && !v.Domain.IsM2PStrict) SetM2PSlot(mfn, Xen.MachineToPhys.RootEntry);
        DropLdtPages(v);
        v.KernelRootMfn = mfn;
        v.LoadRoot();
        return ReleaseRoot(old);
    }

    /// <summary>mmuext_op MMUEXT_NEW_USER_BASEPTR: the root for user mode; 0 for none.</summary>
    /// <returns>0; an errno of <see cref="GetPageAndType"/>; -ERESTART: call again.</returns>
    public long NewUserBase(Vcpu v, ulong mfn)
    {
        ulong old = v.UserRootMfn;
        if (old == mfn) return 0;

        if (mfn != 0)
        {
            long rc = GetPageAndType(mfn, PageType.L4, v.Domain.Id);
            if (rc != 0) return rc;

            if (v.Domain.IsM2PStrict) SetM2PSlot(mfn, 0);
        }

        v.UserRootMfn = mfn;
        v.Cpu.FlushTlb(); // Nothing reached from the old root may outlive its reference (D-8).
        return ReleaseRoot(old);
    }

    /// <summary>The roots of a vCPU that has none yet (arch_set_info_guest()); not interrupted (D-12).</summary>
    /// <param name="v">a vCPU that has never run</param>
    /// <param name="kernel">machine frame; untrusted</param>
    /// <param name="user">machine frame, or 0 for none; untrusted</param>
    /// <returns>0; an errno of <see cref="GetPageAndType"/>, with no root loaded</returns>
    public long LoadFirstRoots(Vcpu v, ulong kernel, ulong user)
    {
        Func<bool>? preempt = Preempt;
        Preempt = null;
        long rc = kernel == 0 ? -Errno.EINVAL : Complete(() => NewBase(v, kernel));
        if (rc == 0) rc = Complete(() => NewUserBase(v, user));
        if (rc != 0 && v.KernelRootMfn is var loaded and not 0)
        {
            v.KernelRootMfn = 0;
            Complete(() => ReleaseRoot(loaded));
        }

        Preempt = preempt;
        return rc;
    }

    /// <summary>Fills the slots of a table that are Xen's, over whatever the guest left there (init_xen_l4_slots(),
    /// init_xen_pae_l2_slots()).</summary>
    /// <remarks>Xen's own mappings are unreachable for a guest and Xen is not in guest memory here, so they stay empty.</remarks>
    private void InstallXenSlots(ulong table)
    {
        switch (Frames[table])
        {
            case { Type: PageType.L4 }:
                SetM2PSlot(table, DomainOf(table).IsM2PStrict ? Xen.MachineToPhys.RootEntry : 0);
                for (int slot = 257; slot <= 271; slot++) WriteEntry(table, slot, 0);
                break;
            case { Type: PageType.L2, HasXenSlots: true }:
                for (int slot = MachineToPhys32.FirstSlot; slot < Pte.TableEntries; slot++)
                    WriteEntry(table, slot, Xen.MachineToPhys.For32Bit.EntryOf(slot));
                break;
        }
    }

    private void SetM2PSlot(ulong root, ulong entry) => WriteEntry(root, 256, entry);

    private long ReleaseRoot(ulong old)
    {
        if (old == 0) return 0;

        long rc = PutPageAndType(old);
        if (rc != 0) _unfinished.Add(new(old, NoFrame, IsPartial: true));
        return rc;
    }
}
