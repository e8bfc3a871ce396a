using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>What mmu_update and mmuext_op share: an array of requests, a count of those done, another domain's id.</summary>
internal static class MmuBatch
{
    /// <summary>MMU_UPDATE_PREEMPTED (xen/include/asm-x86/hypercall.h): set in the count by Xen's own continuations.</summary>
    private const uint Preempted = 1u << 31;

    /// <summary>Requests carried out before the guest is gone back to, which then issues the rest.</summary>
    private const uint AtOnce = 1 << 16;

    /// <summary>__addr_ok(): an address that is a guest's to use. The accesses themselves are checked again.</summary>
    public static bool IsGuestAddress(ulong linear) => Layout.IsGuests(linear);

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

    /// <summary>Carries out requests up to the first that is refused, and reports how many were not.</summary>
    /// <param name="v">the caller</param>
    /// <param name="r">A1 the array, A3 where the count done goes or 0; a fault there has no consequence</param>
    /// <param name="count">requests, without the continuation mark</param>
    /// <param name="doneBefore">what <see cref="TakeDone"/> said</param>
    /// <param name="size">bytes of a request</param>
    /// <param name="perform">carries out the request at an address</param>
    public static long Run(Vcpu v, in HypercallRegisters r, uint count, uint doneBefore, uint size, Func<ulong, long> perform)
    {
        uint done = 0;
        long rc = 0;
        for (; done < Math.Min(count, AtOnce); done++)
        {
            ulong address = unchecked(r.A1 + ((ulong)done * size));
            v.Domain.Xen.Observer?.ElementEntering(v, r, address);
            rc = perform(address);
            v.Domain.Xen.Observer?.ElementLeft(v, r, rc);
            if (rc != 0) break;
        }

        WriteDone(v, r.A3, doneBefore + done);
        if (rc == 0 && done < count)
            v.Continuation = r with { A1 = unchecked(r.A1 + ((ulong)done * size)), A2 = (count - done) | Preempted };

        return rc;
    }

    /// <summary>Writes the count of requests done, if the guest wants it.</summary>
    public static void WriteDone(Vcpu v, ulong doneAddress, uint done)
    {
        if (doneAddress != 0) v.TryWrite(doneAddress, done);
    }

    /// <summary>The domain whose frames a call is about (get_pg_owner()): DOMID_SELF, or a foreign one.</summary>
    /// <returns>false for -ESRCH: no such domain, or the caller named by its number</returns>
    public static bool TryGetPageOwner(Xen xen, Vcpu v, ushort domid, out ushort owner)
    {
        owner = domid == Domain.DomidSelf ? v.Domain.Id : domid;
        if (domid == Domain.DomidSelf) return true;

        return domid != v.Domain.Id && (domid is FrameTable.DomidIo or FrameTable.DomidXen || Exists(xen, domid));
    }

    /// <summary>Domain0 exists and has no record.</summary>
    public static bool Exists(Xen xen, ushort domid) => domid == Domain.Domain0 || xen.FindDomain(domid) is not null;
}
