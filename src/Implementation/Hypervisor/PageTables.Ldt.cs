using Implementation.Memory;

namespace Implementation.Hypervisor;

/// <summary>The pages of LDTs. The guest says where an LDT is; Xen holds a page from its first use on, until one of many occasions to let go.</summary>
/// <remarks>Facts: pv_map_ldt_shadow_page() and pv_destroy_ldt(), xen/arch/x86/pv/mm.c, and who calls them.</remarks>
public partial class PageTables
{
    public const int MostLdtEntries = 8192;

    public const int LdtPages = MostLdtEntries / DescriptorsPerPage;

    /// <summary>Gives the vCPU another LDT, or none.</summary>
    /// <param name="linear">of its first descriptor, at the start of a page; 0 for none</param>
    public void SetLdt(Vcpu v, ulong linear, int entries)
    {
        if (v.Ldt == (linear, entries)) return;

        if (DropLdtPages(v)) v.Cpu.FlushTlb();
        v.Ldt = (linear, entries);
    }

    /// <summary>Holds the frame of a page of the vCPU's LDT, as its kernel's tables map it now.</summary>
    /// <returns>false, with nothing taken: it is not mapped, not the domain's, in another use, or has a descriptor that a guest may not have</returns>
    public bool TryMapLdtPage(Vcpu v, int page)
    {
        ulong linear = v.Ldt.Linear + ((ulong)page << PhysicalMemory.PageShift);
        ulong leaf = ReadLeaf(v, v.Domain.Is32Bit ? (uint)linear : linear);
        if (!Pte.IsPresent(leaf)) return false;

        ulong mfn = Pte.Mfn(leaf);
        Xen.Observer?.LdtPageMapping(v, page, mfn);
        bool isMapped = GetPageAndType(mfn, PageType.SegDesc, v.Domain.Id) == 0;
        if (isMapped) v.LdtFrames[page] = mfn;
        Xen.Observer?.LdtPageMapped(v, page, mfn, isMapped);
        return isMapped;
    }

    /// <summary>Lets go of the pages of the vCPU's LDT; they are mapped again when they are used again.</summary>
    /// <returns>whether there were any: then the caller flushes the vCPU</returns>
    private bool DropLdtPages(Vcpu v)
    {
        bool hadAny = false;
        for (int page = 0; page < LdtPages; page++)
        {
            ulong mfn = v.LdtFrames[page];
            if (mfn == 0) continue;

            hadAny = true;
            v.LdtFrames[page] = 0;
            PutPageAndType(mfn);
        }

        return hadAny;
    }

    /// <summary>A read-only mapping of a descriptor page goes: it may be the one that an LDT is mapped by, so all of the domain's go.</summary>
    private void DropLdtPagesLike(ulong mfn)
    {
        if (Frames[mfn] is not { Type: PageType.SegDesc, TypeCount: > 0 }) return;

        foreach (Vcpu v in DomainOf(mfn).Vcpus)
        {
            if (DropLdtPages(v)) v.Cpu.FlushTlb();
        }
    }
}
