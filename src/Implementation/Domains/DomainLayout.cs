using Implementation.Hypervisor;

namespace Implementation.Domains;

/// <summary>A run of pseudo-physical frames and, where they are mapped at the start, their linear address.</summary>
internal readonly record struct Area(ulong Pfn, ulong Pages, ulong Linear);

/// <summary>Where everything in a new domain goes: the order is the toolstack's, and guests rely on it.</summary>
/// <remarks>
/// Frames are handed out upward from the end of the kernel, linear and pseudo-physical addresses in step: kernel, ramdisk,
/// P2M, start_info, xenstore ring, console ring, page tables, boot stack, padding to a 4 MiB boundary with at least 512 KiB
/// to spare; then, unmapped, a ramdisk that need not be mapped and a P2M that asks for an address of its own with its
/// tables (xc_dom_build_image(), xen tools/libs/guest/xg_dom_core.c, and the files named on each part).
/// </remarks>
internal sealed record DomainLayout
{
    private const ulong PageSize = 4096, Slack = 512 * 1024, Boundary = 4 << 20;

    public required ulong VirtBase { get; init; }

    /// <summary>Added to a p_paddr it gives the pseudo-physical address (minus PADDR_OFFSET).</summary>
    public required ulong PaddrOffset { get; init; }

    public required ulong Entry { get; init; }

    public ulong? HypercallPagePfn { get; init; }

    public Area Ramdisk { get; private set; }

    public bool IsRamdiskByPfn { get; init; }

    public Area P2M { get; private set; }

    /// <summary>Tables that map the P2M only; they follow it and count as part of it in start_info.</summary>
    public ulong P2MTables { get; private set; }

    public bool HasP2MOwnAddress { get; init; }

    public Area StartInfo { get; private set; }

    public Area Store { get; private set; }

    public Area Console { get; private set; }

    public Area Tables { get; private set; }

    public Area Stack { get; private set; }

    /// <summary>Pfns [0, n) are mapped from <see cref="VirtBase"/> upward.</summary>
    public ulong MappedPages { get; private set; }

    public required PageTablePlan Plan { get; init; }

    /// <summary>Bytes of the P2M.</summary>
    public ulong P2MBytes => MemoryPages * (ulong)GuestAbi.Of(Kind).WordBytes;

    public DomainKind Kind { get; private init; }

    private ulong NextPfn { get; set; }

    private ulong MemoryPages { get; init; }

    /// <exception cref="InvalidImageException">the notes contradict each other, or the memory is too small</exception>
    public static DomainLayout Make(ElfImage image, XenNotes notes, ulong memoryPages, ulong ramdiskBytes)
    {
        DomainLayout layout = Place(image, notes, memoryPages);

        Area ramdisk = default;
        if (!layout.IsRamdiskByPfn) ramdisk = layout.Take(Pages(ramdiskBytes));
        if (!layout.HasP2MOwnAddress) layout.P2M = layout.Take(Pages(layout.P2MBytes));
        layout.StartInfo = layout.Take(1);
        layout.Store = layout.Take(1);
        layout.Console = layout.Take(1);
        layout.TakeTables();
        if (layout.IsRamdiskByPfn) ramdisk = layout.Take(Pages(ramdiskBytes)) with { Linear = 0 };
        layout.Ramdisk = ramdisk;
        if (layout.HasP2MOwnAddress) layout.TakeP2M(notes.InitP2M!.Value);
        return layout;
    }

    /// <summary>Checks where the kernel lies (elf_xen_addr_calc_check(), xen/common/libelf/libelf-dominfo.c).</summary>
    private static DomainLayout Place(ElfImage image, XenNotes notes, ulong memoryPages)
    {
        ulong virtBase = notes.VirtBase ?? 0, paddrOffset = notes.PaddrOffset ?? 0, entry = notes.Entry ?? image.Entry;
        if (notes.PaddrOffset is not null && notes.VirtBase is null)
            throw new InvalidImageException("The image's Xen notes give PADDR_OFFSET without VIRT_BASE.");
        if (virtBase % PageSize != 0) throw new InvalidImageException("The image's VIRT_BASE is not the address of a page.");
        if (image.PhysicalStart < paddrOffset)
            throw new InvalidImageException("The image begins below the PADDR_OFFSET of its Xen notes.");

        ulong memory = memoryPages * PageSize;
        ulong start = image.PhysicalStart - paddrOffset, end = image.PhysicalEnd - paddrOffset;
        if (end > memory)
            throw TooSmall("needs", end, memory);

        // Tables, slack and rounding stay below this, so that no sum further down can wrap around.
        if (!IsGuestRange(image.Kind, virtBase, memory + (memory / 64) + (2 * Boundary)))
            throw new InvalidImageException("The image's VIRT_BASE leads into addresses that are not a guest's.");
        if (entry < virtBase + start || entry > virtBase + end)
            throw new InvalidImageException("The image's entry point lies outside of it.");

        return new()
        {
            VirtBase = virtBase,
            PaddrOffset = paddrOffset,
            Entry = entry,
            HypercallPagePfn = HypercallPage(notes, virtBase, start, end),
            Kind = image.Kind,
            Plan = new(image.Kind),
            IsRamdiskByPfn = notes.ModStartPfn,
            HasP2MOwnAddress = image.Kind == DomainKind.Pv64 && IsP2MElsewhere(notes, memoryPages, virtBase + start, virtBase + end),
            MemoryPages = memoryPages,
            NextPfn = Pages(end),
        };
    }

    private static ulong? HypercallPage(XenNotes notes, ulong virtBase, ulong start, ulong end)
    {
        if (notes.HypercallPage is not { } linear) return null;

        ulong first = start & ~(PageSize - 1), last = Pages(end) * PageSize;
        if (linear % PageSize != 0 || linear < virtBase + first || linear - virtBase >= last)
            throw new InvalidImageException("The image's HYPERCALL_PAGE is not the address of one of its pages.");

        return (linear - virtBase) / PageSize;
    }

    private static bool IsP2MElsewhere(XenNotes notes, ulong memoryPages, ulong kernelStart, ulong kernelEnd)
    {
        if (notes.InitP2M is not { } linear) return false;
        if (linear % PageSize != 0 || !IsGuestRange(DomainKind.Pv64, linear, Pages(memoryPages * sizeof(ulong)) * PageSize))
            throw new InvalidImageException("The image's INIT_P2M leads into addresses that are not a guest's.");
        if (linear >= kernelStart && linear < kernelEnd)
            throw new InvalidImageException("The image's INIT_P2M lies inside the image.");

        return true;
    }

    /// <summary>The tables map themselves, the stack and the slack, so their number is tried for (alloc_pgtables_pv()).</summary>
    private void TakeTables()
    {
        const ulong extra = 1 + (Slack / PageSize);

        ulong from = VirtBase, allocated = VirtBase + (NextPfn * PageSize);
        ulong tables = 0, last;
        while (true)
        {
            last = (allocated + ((tables + extra) * PageSize)) | (Boundary - 1);
            tables = Plan.CountFirst(from, last);
            if (allocated + ((tables + extra) * PageSize) <= last + 1) break;
        }

        Tables = Take(tables);
        Plan.Add(from, last, Tables.Pfn);
        Stack = Take(1);
        MappedPages = (last + 1 - VirtBase) / PageSize;
        Take(MappedPages - NextPfn);
    }

    /// <summary>alloc_p2m_list_x86_64(): the list, then the tables that only it needs.</summary>
    private void TakeP2M(ulong linear)
    {
        P2M = Take(Pages(P2MBytes)) with { Linear = linear };
        ulong last = linear + (P2M.Pages * PageSize) - 1;
        if (linear < VirtBase + (MappedPages * PageSize) && last >= VirtBase)
            throw new InvalidImageException("The image's INIT_P2M overlaps its own mapping.");

        P2MTables = Plan.Add(linear, last, NextPfn);
        Take(P2MTables);
    }

    private Area Take(ulong pages)
    {
        Area area = new(NextPfn, pages, VirtBase + (NextPfn * PageSize));
        if (pages > MemoryPages - NextPfn)
            throw TooSmall("and what goes with it need at least", (NextPfn + pages) * PageSize, MemoryPages * PageSize);

        NextPfn += pages;
        return area;
    }

    private static InvalidImageException TooSmall(string needs, ulong bytes, ulong memory) =>
        new($"The image {needs} {Mebibytes(bytes)} MiB of memory; the domain has {Mebibytes(memory)} MiB.");

    private static bool IsGuestRange(DomainKind kind, ulong linear, ulong bytes)
    {
        const ulong half = 1UL << 47;

        if (kind == DomainKind.Pv32Pae) return linear < MachineToPhys32.VirtStart && bytes <= MachineToPhys32.VirtStart - linear;

        bool isLow = linear < half;
        return isLow ? bytes <= half - linear : linear >= Layout.XenEnd && bytes - 1 <= ulong.MaxValue - linear;
    }

    private static ulong Pages(ulong bytes) => (bytes + PageSize - 1) / PageSize;

    private static ulong Mebibytes(ulong bytes) => (bytes + (1 << 20) - 1) >> 20;
}
