using Implementation.Hypervisor;

namespace Implementation.Domains;

/// <summary>The event-channel ports that the toolstack gives a new domain.</summary>
internal readonly record struct BootPorts(uint Store, uint Console);

/// <summary>What the first vCPU and Domain0's services need of a domain whose memory is made.</summary>
/// <param name="Entry">linear address of the first instruction</param>
/// <param name="StackTop">first byte beyond the boot stack</param>
/// <param name="StartInfo">linear address of start_info</param>
/// <param name="RootMfn">the root table, pinned</param>
/// <param name="StoreMfn">the xenstore ring</param>
/// <param name="ConsoleMfn">the console ring</param>
internal sealed record BootMemory(ulong Entry, ulong StackTop, ulong StartInfo, ulong RootMfn, ulong StoreMfn, ulong ConsoleMfn);

/// <summary>Makes a domain's memory the way Xen's toolstack does (xen tools/libs/guest).</summary>
public static class DomainBuilder
{
    /// <summary>Frames that stay free for what Xen gives a running domain: its grant table, at the most.</summary>
    private const ulong XensOwn = 128;

    private const ulong LeafFlags = Pte.Present | Pte.Writable | Pte.Accessed;
    private const ulong TableFlags = Pte.Present | Pte.Writable | Pte.Accessed | Pte.Dirty | Pte.User;

    /// <summary>Makes a domain that is ready to run, and tells the observer.</summary>
    /// <exception cref="InvalidImageException">the image cannot become a domain; the machine is then of no use</exception>
    public static Domain Build(Xen xen, DomainConfig config)
    {
        DomainKind kind = ElfImage.Parse(config.Image).Kind;
        Domain domain = xen.CreateDomain(config.ImageName, config.Vcpus, kind);
        BootMemory boot = Fill(xen, domain, config, new(domain.StorePort, domain.ConsolePort));
        domain.AttachRings(boot.ConsoleMfn, boot.StoreMfn);
        foreach (Vcpu vcpu in domain.Vcpus[..config.VcpusUp]) vcpu.SetInitialContext(boot.Entry, boot.StackTop, boot.StartInfo, boot.RootMfn);
        xen.Observer?.DomainBuilt(domain);
        return domain;
    }

    /// <summary>Gives the domain its frames, loads the image, and pins the root table.</summary>
    /// <param name="xen">the hypervisor</param>
    /// <param name="domain">has an id, and its shared_info; no frames yet</param>
    /// <param name="config">untrusted where it says so</param>
    /// <param name="ports">for start_info</param>
    /// <exception cref="InvalidImageException">the image cannot become this domain; the machine is then of no use</exception>
    internal static BootMemory Fill(Xen xen, Domain domain, DomainConfig config, BootPorts ports)
    {
        ulong pages = config.MemoryPages;
        if (pages == 0 || pages >= xen.Memory.Frames || pages + XensOwn > xen.Heap.FreeFrames)
            throw new InvalidImageException($"A domain of {pages} frames does not fit into this machine.");

        ElfImage image = ElfImage.Parse(config.Image);
        XenNotes notes = XenNotes.Parse(image);
        ReadOnlyMemory<byte> ramdisk = Ramdisk.Unpack(config.Ramdisk, pages << 12);
        DomainLayout layout = DomainLayout.Make(image, notes, pages, (ulong)ramdisk.Length);

        ulong[] p2m = Populate(xen, domain, pages);
        if (domain.Is32Bit) MoveBelow4GiB(xen, p2m, layout.Tables.Pfn);
        Guest guest = new(xen, p2m);
        LoadImage(guest, image, layout);
        guest.Write(layout.Ramdisk.Pfn << 12, ramdisk.Span);
        byte[] list = new byte[layout.P2MBytes];
        MemberWriter entries = new(list, domain.Abi);
        foreach (ulong mfn in p2m) entries.Word(mfn);
        guest.Write(layout.P2M.Pfn << 12, list);

        StartInfoOf(layout, domain, p2m, ramdisk, config.CommandLine, ports).Write(guest.Frame(layout.StartInfo.Pfn), domain.Kind);
        WriteTables(guest, layout);

        ulong root = p2m[layout.Tables.Pfn];
        long rc = xen.PageTables.Complete(() => xen.PageTables.PinTable(domain, root, layout.Plan.Levels));
        if (rc != 0) throw new InvalidOperationException($"The initial page tables are refused ({rc}).");

        return new(
            layout.Entry,
            StackTop: layout.Stack.Linear + 4096,
            layout.StartInfo.Linear,
            root,
            p2m[layout.Store.Pfn],
            p2m[layout.Console.Pfn]);
    }

    private static ulong[] Populate(Xen xen, Domain domain, ulong pages)
    {
        ulong[] p2m = new ulong[pages];
        domain.MaxPages = pages;
        for (ulong pfn = 0; pfn < pages; pfn++)
        {
            if (!xen.Heap.TryAllocate(domain, out p2m[pfn]))
                throw new InvalidImageException($"The machine has no {pages} frames left for the domain.");

            xen.MachineToPhys[p2m[pfn]] = pfn;
        }

        return p2m;
    }

    /// <summary>Gives a pfn a frame that a 32-bit CR3 has room for, in exchange with another pfn (move_l3_below_4G()).</summary>
    private static void MoveBelow4GiB(Xen xen, ulong[] p2m, ulong pfn)
    {
        const ulong end = 1UL << 20;

        if (p2m[pfn] < end) return;

        int other = Array.FindIndex(p2m, mfn => mfn < end);
        if (other < 0) throw new InvalidImageException("The machine gave the domain no frame below 4 GiB for its root table.");

        (p2m[pfn], p2m[other]) = (p2m[other], p2m[pfn]);
        xen.MachineToPhys[p2m[pfn]] = pfn;
        xen.MachineToPhys[p2m[other]] = (ulong)other;
    }

    private static void LoadImage(Guest guest, ElfImage image, DomainLayout layout)
    {
        // Frames are zero, which is what the rest of each segment has to be.
        foreach (ElfSegment segment in image.Segments)
            guest.Write(segment.PhysicalAddress - layout.PaddrOffset, image.Contents(segment));

        if (layout.HypercallPagePfn is { } pfn) HypercallPage.Fill(guest.Frame(pfn), image.Kind);
    }

    private static StartInfo StartInfoOf(
        DomainLayout layout, Domain domain, ulong[] p2m, ReadOnlyMemory<byte> ramdisk, string command, BootPorts ports) => new()
        {
            Pages = (ulong)p2m.Length,
            SharedInfo = domain.SharedInfoMfn << 12,
            Flags = layout.IsRamdiskByPfn && ramdisk.Length > 0 ? StartInfo.ModStartPfn : 0,
            StoreMfn = p2m[layout.Store.Pfn],
            StorePort = ports.Store,
            ConsoleMfn = p2m[layout.Console.Pfn],
            ConsolePort = ports.Console,
            Tables = layout.Tables.Linear,
            TableFrames = layout.Tables.Pages,
            P2M = layout.P2M.Linear,
            ModStart = ramdisk.Length == 0 ? 0 : layout.IsRamdiskByPfn ? layout.Ramdisk.Pfn : layout.Ramdisk.Linear,
            ModLength = (ulong)ramdisk.Length,
            CommandLine = command,
            FirstP2MPfn = layout.HasP2MOwnAddress ? layout.P2M.Pfn : 0,
            P2MFrames = layout.HasP2MOwnAddress ? layout.P2M.Pages + layout.P2MTables : 0,
        };

    /// <summary>Everything is mapped writable but the tables themselves (get_pg_prot(), xg_dom_x86.c).</summary>
    private static void WriteTables(Guest guest, DomainLayout layout)
    {
        Dictionary<(int Level, ulong Index), ulong> tables = layout.Plan.Tables.ToDictionary(t => (t.Level, t.Index), t => t.Pfn);
        HashSet<ulong> tablePfns = [.. tables.Values];
        foreach (PlannedTable table in layout.Plan.Tables.Where(t => t.Level < layout.Plan.Levels))
        {
            bool isInRoot32 = layout.Kind == DomainKind.Pv32Pae && table.Level == 2;
            ulong flags = isInRoot32 ? Pte.Present : TableFlags; // A root of four entries has no other flags.
            guest.SetEntry(tables[(table.Level + 1, table.ParentIndex)], table.SlotInParent, table.Pfn, flags);
        }

        Map(layout.VirtBase, 0, layout.MappedPages);
        if (layout.HasP2MOwnAddress) Map(layout.P2M.Linear, layout.P2M.Pfn, layout.P2M.Pages);

        void Map(ulong linear, ulong first, ulong pages)
        {
            for (ulong i = 0; i < pages; i++, linear += 4096)
            {
                ulong flags = tablePfns.Contains(first + i) ? LeafFlags & ~Pte.Writable : LeafFlags;
                guest.SetEntry(tables[(1, PageTablePlan.Index(linear, 1))], Pte.Slot(linear, 1), first + i, flags);
            }
        }
    }

    /// <summary>The new domain's memory by pseudo-physical address.</summary>
    private sealed class Guest(Xen xen, ulong[] p2m)
    {
        public Span<byte> Frame(ulong pfn) => xen.Memory.Frame(p2m[pfn]);

        public void Write(ulong address, ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                Span<byte> rest = Frame(address >> 12)[(int)(address & 0xfff)..];
                int length = Math.Min(rest.Length, bytes.Length);
                bytes[..length].CopyTo(rest);
                bytes = bytes[length..];
                address += (ulong)length;
            }
        }

        public void Write64(ulong address, ulong value) =>
            xen.Memory.Write64((p2m[address >> 12] << 12) + (address & 0xfff), value);

        public void SetEntry(ulong tablePfn, int slot, ulong targetPfn, ulong flags) =>
            Write64((tablePfn << 12) + ((ulong)slot * sizeof(ulong)), Pte.Make(p2m[targetPfn], flags));
    }
}
