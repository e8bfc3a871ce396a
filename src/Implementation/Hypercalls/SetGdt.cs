using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>set_gdt (2): gives the vCPU the guest's part of its GDT.</summary>
internal static class SetGdt
{
    /// <summary>do_set_gdt(), xen/arch/x86/pv/descriptor-tables.c.</summary>
    /// <param name="xen">the hypervisor</param>
    /// <param name="v">the vCPU that trapped</param>
    /// <param name="r">A1 array of frame numbers, A2 count of descriptors; untrusted</param>
    /// <returns>0; -EINVAL: too many, or as <see cref="PageTables.SetGdt"/>; -EFAULT: array unreadable</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        uint entries = (uint)r.A2;
        if (entries > PageTables.GuestGdtEntries) return -Errno.EINVAL;

        ulong[] frames = new ulong[(entries + PageTables.DescriptorsPerPage - 1) / PageTables.DescriptorsPerPage];
        for (int i = 0; i < frames.Length; i++)
        {
            if (!v.TryReadWord(r.A1 + (ulong)(i * v.Domain.Abi.WordBytes), out frames[i])) return -Errno.EFAULT;
        }

        long rc = xen.PageTables.SetGdt(v, frames, (int)entries);
        if (rc == 0) v.Cpu.FlushTlb();
        return rc;
    }
}
