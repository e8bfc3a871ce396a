using System.IO.Compression;
using System.Text;
using Implementation.Domains;
using Implementation.Hypervisor;

namespace Implementation.Tests.Loader;

/// <summary>Which images become domains, what is said of those that do not, and where everything is then.</summary>
public class Images
{
    internal const string Grub = "/usr/lib/grub-xen/grub-x86_64-xen.bin";

    [Fact]
    public void Debians_GRUB_is_read()
    {
        ElfImage image = ElfImage.Parse(File.ReadAllBytes(Grub));
        XenNotes notes = XenNotes.Parse(image);

        Assert.Equal((0UL, 0UL), (image.Entry, image.PhysicalStart));
        Assert.Equal(2, image.Segments.Count);
        Assert.Equal("GRUB", notes.GuestOs);
        Assert.True(notes is { VirtBase: 0, Entry: 0, PaddrOffset: null, InitP2M: null, ModStartPfn: false, HypercallPage: null });

        DomainLayout layout = DomainLayout.Make(image, notes, 32768, 0);
        ulong kernelEnd = (image.PhysicalEnd + 4095) >> 12;
        Assert.Equal(new(kernelEnd, 64, kernelEnd << 12), layout.P2M);
        Assert.Equal(kernelEnd + 64, layout.StartInfo.Pfn);
        Assert.Equal(kernelEnd + 65, layout.Store.Pfn);
        Assert.Equal(kernelEnd + 66, layout.Console.Pfn);
        Assert.Equal(kernelEnd + 67, layout.Tables.Pfn);
        Assert.Equal(layout.Tables.Pfn + layout.Tables.Pages, layout.Stack.Pfn);
        Assert.Equal(0UL, layout.MappedPages % 1024);
        Assert.True(layout.MappedPages - layout.Stack.Pfn - 1 >= 128);
    }

    [Fact]
    public void A_32_bit_image_has_narrow_words_three_levels_and_a_table_for_the_last_GiB()
    {
        ElfImage image = ElfImage.Parse(File.ReadAllBytes("/usr/lib/grub-xen/grub-i386-xen.bin"));
        XenNotes notes = XenNotes.Parse(image);
        Assert.Equal((DomainKind.Pv32Pae, true, "GRUB"), (image.Kind, notes.IsPae, notes.GuestOs));

        DomainLayout layout = DomainLayout.Make(image, notes, 32768, 0);
        Assert.Equal(32UL, layout.P2M.Pages);
        Assert.Equal([(3, 0UL), (2, 0UL), (2, 3UL), (1, 0UL)], layout.Plan.Tables.Take(4).Select(t => (t.Level, t.Index)));
        Assert.Equal((ulong)layout.Plan.Tables.Count, layout.Tables.Pages);
    }

    [Fact]
    public void A_32_bit_domain_has_what_its_start_info_says()
    {
        using Xen xen = new(new() { MemoryFrames = 4096, Seed = 7 });
        byte[] file = ElfWriter.Minimal32().Note(2, BitConverter.GetBytes(0x2000)).ToArray();
        Domain domain = DomainBuilder.Build(xen, new() { Image = file, MemoryPages = 2048, CommandLine = "quiet" });
        Vcpu v = domain.Vcpus[0];

        byte[] info = new byte[1112];
        Assert.True(v.TryRead(v.Cpu[Implementation.Cpu.Gpr.Rsi], info));
        Assert.Equal("xen-3.0-x86_32p\0", Encoding.ASCII.GetString(info[..16]));
        uint[] words = [.. Enumerable.Range(0, 12).Select(i => BitConverter.ToUInt32(info, 32 + (4 * i)))];
        Assert.Equal([2048, (uint)domain.SharedInfoMfn << 12, 0], words[..3]);
        Assert.Equal(v.KernelRootMfn, Pte.Mfn(xen.PageTables.ReadLeaf(v, words[7])));
        Assert.Equal("quiet\0", Encoding.ASCII.GetString(info[80..86]));

        Assert.True(v.TryRead(words[9] + (4 * 100), out uint mfn));
        Assert.Equal((100UL, 100u), (xen.MachineToPhys[mfn], xen.MachineToPhys.For32Bit[mfn]));
        Assert.True(v.TryRead(0x2000 + (17 * 32), out ulong stub));
        Assert.Equal(0xc382_cd00_0000_11b8UL, stub);
        Assert.True(xen.Frames[v.KernelRootMfn] is { Type: PageType.L3, IsPinned: true, TypeCount: 2 });
    }

    [Fact]
    public void The_measured_layout_of_Linux_comes_out()
    {
        // Numbers of a Debian kernel on Xen 4.17 with 256 MiB.
        byte[] file = new ElfWriter { Entry = 0xffff_ffff_8300_0000 }
            .Load(0x100_0000, [1], 0x3a0_0000).Note(5, "xen-3.0").Note(3, 0xffff_ffff_8000_0000).Note(4, 0)
            .Note(15, 0x80_0000_0000).Note(16, 1).ToArray();
        ElfImage image = ElfImage.Parse(file);
        DomainLayout layout = DomainLayout.Make(image, XenNotes.Parse(image), 65536, 0x478 << 12);

        Assert.Equal((0x4a00UL, 0x4a01UL, 0x4a02UL), (layout.StartInfo.Pfn, layout.Store.Pfn, layout.Console.Pfn));
        Assert.Equal((0x4a03UL, 0x29UL), (layout.Tables.Pfn, layout.Tables.Pages));
        Assert.Equal(0x4a2cUL, layout.Stack.Pfn);
        Assert.Equal(0x4c00UL, layout.MappedPages);
        Assert.Equal(new(0x4c00, 0x478, 0), layout.Ramdisk);
        Assert.Equal((0x5078UL, 0x80UL, 3UL), (layout.P2M.Pfn, layout.P2M.Pages, layout.P2MTables));
        Assert.Equal([4, 3, 2, 1], layout.Plan.Tables.Take(4).Select(t => t.Level));
    }

    public static TheoryData<string, byte[]> Bad => new()
    {
        { "too short", [1, 2, 3] },
        { "not an ELF file", new byte[100] },
        { "of 32 or 64 bits", Changed(4, 3) },
        { "not for x86-64", Changed(4, 1) },
        { "not for x86-64", Changed(18, 3) },
        { "not an executable", Changed(16, 1) },
        { "PAE page tables", new ElfWriter { Kind = DomainKind.Pv32Pae }.Load(0x1000, [1], 0x1000).Note(5, "xen-3.0").ToArray() },
        { "not a guest's", ElfWriter.Minimal32().Note(3, 0xf580_0000).Note(1, 0xf580_1000).ToArray() },
        { "no Xen notes", new ElfWriter().Load(0x1000, [1], 0x1000).ToArray() },
        { "xen-3.0", new ElfWriter().Load(0x1000, [1], 0x1000).Note(6, "linux").ToArray() },
        { "xen-3.0", new ElfWriter().Load(0x1000, [1], 0x1000).Note(5, "xen-2.0").ToArray() },
        { "generic", ElfWriter.Minimal().Note(8, "special").ToArray() },
        { "no segment", new ElfWriter().Note(5, "xen-3.0").ToArray() },
        { "4 or 8 bytes", ElfWriter.Minimal().Note(3, [1, 2]).ToArray() },
        { "larger in the file", ElfWriter.Minimal().Load(0x5000, [1, 2], 1).ToArray() },
        { "wraps around", ElfWriter.Minimal().Load(ulong.MaxValue, [], 2).ToArray() },
        { "MiB of memory", ElfWriter.Minimal().Load(1UL << 40, [1], 0x1000).ToArray() },
        { "entry point", new ElfWriter { Entry = 0x9000 }.Load(0x1000, [1], 0x1000).Note(5, "xen-3.0").ToArray() },
        { "PADDR_OFFSET without", ElfWriter.Minimal().Note(4, 0x1000).ToArray() },
        { "below the PADDR_OFFSET", ElfWriter.Minimal().Note(3, 0).Note(4, 0x2000).ToArray() },
        { "not the address of a page", ElfWriter.Minimal().Note(3, 5).ToArray() },
        { "not a guest's", ElfWriter.Minimal().Note(3, 0xffff_8000_0000_0000).ToArray() },
        { "not a guest's", ElfWriter.Minimal().Note(3, 0xffff_ffff_ffff_f000).ToArray() },
        { "not a guest's", ElfWriter.Minimal().Note(15, 0x7fff_ffff_f000).ToArray() },
        { "INIT_P2M lies inside", ElfWriter.Minimal().Note(15, 0x2000).ToArray() },
        { "INIT_P2M overlaps", ElfWriter.Minimal().Note(15, 0x10000).ToArray() },
        { "HYPERCALL_PAGE", ElfWriter.Minimal().Note(2, 0x10000).ToArray() },
        { "cut short", ElfWriter.Minimal().ToArray()[..^4] },
        { "program headers", ElfWriter.Minimal().ToArray()[..80] },
        { "bzImage", BzImage() },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_wrong_is_said_in_one_sentence(string part, byte[] file)
    {
        string message = Assert.Throws<InvalidImageException>(() =>
        {
            ElfImage image = ElfImage.Parse(file);
            DomainLayout.Make(image, XenNotes.Parse(image), 4096, 0);
        }).Message;

        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Notes_may_be_in_a_section()
    {
        ElfWriter writer = ElfWriter.Minimal();
        writer.NotesInSection = true;
        Assert.Equal("xen-3.0", XenNotes.Parse(ElfImage.Parse(writer.ToArray())).XenVersion);
    }

    [Fact]
    public void A_built_domain_has_what_its_start_info_says()
    {
        byte[] ramdisk = Encoding.ASCII.GetBytes(new string('r', 5000));
        byte[] file = ElfWriter.Minimal().Note(2, 0x2000).Note(15, 0x80_0000_0000).Note(16, 1).ToArray();
        using Xen xen = new(new() { MemoryFrames = 4096, Seed = 7 });
        Domain domain = new(xen, 1, "test");
        xen.Add(domain);
        domain.SharedInfoMfn = xen.Heap.AllocateShared(domain);

        DomainConfig config = new() { Image = file, MemoryPages = 2048, CommandLine = "quiet", Ramdisk = Gzip(ramdisk) };
        BootMemory boot = DomainBuilder.Fill(xen, domain, config, new(1, 2));

        ulong startInfo = Translate(xen, boot.RootMfn, boot.StartInfo);
        Span<ulong> info = xen.Memory.Entries(startInfo);
        Assert.Equal("xen-3.0-x86_64\0", Encoding.ASCII.GetString(xen.Memory.Frame(startInfo)[..15]));
        Assert.Equal([2048, domain.SharedInfoMfn << 12, 8, boot.StoreMfn, 1, boot.ConsoleMfn, 2], info[4..11].ToArray());
        Assert.Equal(boot.RootMfn, Translate(xen, boot.RootMfn, info[11]));
        Assert.Equal((0x80_0000_0000UL, 5000UL, (ulong)'q'), (info[13], info[15], info[16] & 0xff));

        Span<ulong> p2m = xen.Memory.Entries(Translate(xen, boot.RootMfn, info[13]));
        ulong ramdiskMfn = p2m[(int)info[14] % 512];
        if (info[14] < 512) Assert.Equal((byte)'r', xen.Memory.Frame(ramdiskMfn)[0]);
        for (int pfn = 0; pfn < 512; pfn++) Assert.Equal((ulong)pfn, xen.MachineToPhys[p2m[pfn]]);

        Assert.Equal([0xeb, 0xfe], xen.Memory.Frame(Translate(xen, boot.RootMfn, boot.Entry))[..2].ToArray());
        Span<byte> stubs = xen.Memory.Frame(Translate(xen, boot.RootMfn, 0x2000));
        Assert.Equal([0x51, 0x41, 0x53, 0xb8, 1, 0, 0, 0, 0x0f, 0x05], stubs[32..42].ToArray());
        // The root is allocated, pinned and mapped.
        Assert.True(xen.Frames[boot.RootMfn] is { Type: PageType.L4, IsPinned: true, TypeCount: 1, RefCount: 3 });
        Assert.Equal(PageType.Writable, xen.Frames[boot.ConsoleMfn].Type);
        Assert.Equal(0UL, boot.StackTop % 4096);
    }

    [Fact]
    public void The_machine_to_physical_table_is_mapped_for_reading_only()
    {
        using Xen xen = new(new() { MemoryFrames = 2048 });
        xen.MachineToPhys[1000] = 42;

        ulong entry = xen.MachineToPhys.RootEntry;
        for (int level = 3; level >= 1; level--)
        {
            Assert.False(Pte.IsWritable(entry));
            Assert.Equal(FrameTable.DomidXen, xen.Frames[Pte.Mfn(entry)].Owner);
            entry = xen.Memory.Entries(Pte.Mfn(entry))[Pte.Slot(MachineToPhys.VirtStart + 8000, level)];
        }

        Assert.Equal(Pte.Present | Pte.User, entry & (Pte.Present | Pte.User | Pte.Writable));
        Assert.Equal(42UL, xen.Memory.Entries(Pte.Mfn(entry))[1000 % 512]);
        Assert.Equal(MachineToPhys.Invalid, xen.MachineToPhys[999]);
    }

    [Fact]
    public void A_seed_decides_which_frames_a_domain_gets()
    {
        Assert.Equal(Taken(5), Taken(5));
        Assert.NotEqual(Taken(5), Taken(6));
        ulong[] taken = Taken(5);
        Assert.DoesNotContain(taken.Zip(taken.Skip(1)), pair => pair.First + 1 == pair.Second || pair.Second + 1 == pair.First);

        static ulong[] Taken(ulong seed)
        {
            using Xen xen = new(new() { MemoryFrames = 1024, Seed = seed });
            Domain domain = new(xen, 1, "test") { MaxPages = 900 };
            return [.. Enumerable.Range(0, 900).Select(_ => xen.Heap.TryAllocate(domain, out ulong mfn) ? mfn : 0)];
        }
    }

    /// <summary>What the hardware would find.</summary>
    private static ulong Translate(Xen xen, ulong root, ulong linear)
    {
        ulong mfn = root;
        for (int level = 4; level >= 1; level--)
        {
            ulong entry = xen.Memory.Entries(mfn)[Pte.Slot(linear, level)];
            Assert.True(Pte.IsPresent(entry), $"level {level} of {linear:x}");
            mfn = Pte.Mfn(entry);
        }

        return mfn;
    }

    private static byte[] Changed(int offset, byte value)
    {
        byte[] file = ElfWriter.Minimal().ToArray();
        file[offset] = value;
        return file;
    }

    private static byte[] BzImage()
    {
        byte[] file = new byte[4096];
        "HdrS"u8.CopyTo(file.AsSpan(0x202));
        return file;
    }

    private static byte[] Gzip(byte[] data)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest)) gzip.Write(data);
        return packed.ToArray();
    }
}
