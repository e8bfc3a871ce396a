using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>What mmu_update and mmuext_op share: an array of requests, a count of those done, another domain's id.</summary>
internal static class MmuBatch
{
    /// <summary>MMU_UPDATE_PREEMPTED (xen/include/asm-x86/hypercall.h): set in the count by Xen's own continuations.</summary>
    private const uint Preempted = 1u << 31;

    /// <summary>Xen's range ends here (HYPERVISOR_VIRT_END, xen/include/public/arch-x86/xen-x86_64.h).</summary>
    private const ulong HypervisorVirtEnd = 0xffff_8800_0000_0000;

    private const ushort DomidSelf = 0x7ff0;

    /// <summary>__addr_ok(): an address that is a guest's to use. The accesses themselves are checked again.</summary>
    public static bool IsGuestAddress(ulong linear) => linear < 1UL << 47 || linear >= HypervisorVirtEnd;

    /// <summary>The last leg of a continuation carries only the answer; a guest may imitate it.</summary>
    public static bool IsAnswerOnly(ulong requests, uint count) => count == Preempted && requests == 0;

    /// <summary>Takes the continuation mark out of the count.</summary>
    /// <returns>requests done by the legs before: what the guest's counter says if the mark was set</returns>
    public static uint TakeDone(Vcpu v, ref uint count, ulong doneAddress)
    {
        bool isContinued = (count & Preempted) != 0;
        count &= ~Preempted;
        return isContinued && doneAddress != 0 && v.TryRead(doneAddress, out uint done) ? done : 0;
    }

    /// <summary>Writes the count of requests done, if the guest wants it. A fault there has no consequence.</summary>
    public static void WriteDone(Vcpu v, ulong doneAddress, uint done)
    {
        if (doneAddress != 0) v.TryWrite(doneAddress, done);
    }

    /// <summary>The domain whose frames a call is about (get_pg_owner()): DOMID_SELF, or a foreign one.</summary>
    /// <returns>false for -ESRCH: no such domain, or the caller named by its number</returns>
    public static bool TryGetPageOwner(Xen xen, Vcpu v, ushort domid, out ushort owner)
    {
        owner = domid == DomidSelf ? v.Domain.Id : domid;
        if (domid == DomidSelf) return true;

        return domid != v.Domain.Id && (domid is FrameTable.DomidIo or FrameTable.DomidXen || Exists(xen, domid));
    }

    /// <summary>Domain 0 is the host's own and has no record.</summary>
    public static bool Exists(Xen xen, ushort domid) => domid == 0 || xen.FindDomain(domid) is not null;
}
