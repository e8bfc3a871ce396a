namespace Implementation.Hypervisor;

/// <summary>Keeping cached translations from outliving what they were made for.</summary>
public partial class PageTables
{
    /// <summary>Drops writable translations that may be left from an earlier use, once the new use excludes making more.</summary>
    /// <remarks>
    /// Xen leaves the flush out where its time stamps show that every processor has flushed since (tlbflush_filter()). A
    /// software TLB is cheap to flush.
    /// </remarks>
    protected internal virtual void FlushBeforeRetype(ulong mfn, PageType from, PageType to) => FlushTlb(DomainOf(mfn));

    /// <summary>Flushes the TLB of every processor that runs the domain.</summary>
    internal static void FlushTlb(Domain domain)
    {
        foreach (Vcpu v in domain.Vcpus) v.Cpu.FlushTlb();
    }

    /// <summary>Flushes one page from the TLB of every processor that runs the domain.</summary>
    internal static void FlushPage(Domain domain, ulong linear)
    {
        foreach (Vcpu v in domain.Vcpus) v.Cpu.FlushPage(linear);
    }
}
