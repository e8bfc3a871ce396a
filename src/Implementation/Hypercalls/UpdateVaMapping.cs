using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>update_va_mapping (14) and update_va_mapping_otherdomain (22): change the leaf that maps an address.</summary>
internal static class UpdateVaMapping
{
    // UVMF_, xen/include/public/xen.h.
    private const ulong FlushTypeMask = 3, TlbFlush = 1, Invlpg = 2, Local = 0, All = 4;

    /// <summary>do_update_va_mapping(), xen/arch/x86/mm.c.</summary>
    /// <param name="xen">the hypervisor</param>
    /// <param name="v">the vCPU that trapped</param>
    /// <param name="r">A1 linear address, A2 the entry, A3 what to flush afterwards; from a 32-bit domain A1, A3:A2, A4; all
    /// untrusted</param>
    /// <returns>
    /// 0; -EINVAL: no L1 of the caller's maps the address, or a bad entry; -EPERM, -EBUSY: as
    /// <see cref="PageTables.ModifyEntry"/>; -EFAULT: stored, but the bitmap of vCPUs to flush cannot be read.
    /// </returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        (ulong linear, ulong entry, ulong flags) = v.Domain.Is32Bit ? (r.A1, r.A2 | r.A3 << 32, r.A4) : (r.A1, r.A2, r.A3);
        if (!MmuBatch.IsGuestAddress(linear)) return -Errno.EINVAL;
        if (!xen.PageTables.TryFindLeafTable(v, linear, out ulong table)) return -Errno.EINVAL;
        if (xen.Frames[table] is not { Type: PageType.L1, IsValidated: true }) return -Errno.EINVAL;

        long rc = xen.PageTables.ModifyEntry(v, table, Pte.Slot(linear, 1), entry);
        return rc == 0 ? Flush(v, linear, flags) : rc;
    }

    /// <summary>do_update_va_mapping_otherdomain(): for domains that build others, which no guest here may.</summary>
    /// <returns>-ESRCH: A4, or A5 from a 32-bit domain, names no other domain; -EPERM; or as <see cref="Handle"/> for DOMID_SELF.</returns>
    public static long HandleOtherDomain(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        if (!MmuBatch.TryGetPageOwner(xen, v, (ushort)(v.Domain.Is32Bit ? r.A5 : r.A4), out ushort owner)) return -Errno.ESRCH;

        return owner == v.Domain.Id ? Handle(xen, v, r) : -Errno.EPERM;
    }

    private static long Flush(Vcpu v, ulong linear, ulong flags)
    {
        ulong type = flags & FlushTypeMask;
        if (type is not (TlbFlush or Invlpg)) return 0;

        IReadOnlyList<Vcpu> targets = [v];
        long rc = 0;
        ulong scope = flags & ~FlushTypeMask;
        if (scope == All) targets = v.Domain.Vcpus;
        else if (scope != Local && !VcpuMask.TryRead(v, scope, out targets)) (targets, rc) = ([], -Errno.EFAULT);

        foreach (Vcpu target in targets)
        {
            if (type == TlbFlush) target.Cpu.FlushTlb();
            else target.Cpu.FlushPage(linear);
        }

        return rc;
    }
}
