using System.Buffers.Binary;
using Implementation.Hypervisor;

namespace Implementation.Domains;

/// <summary>One program header (ELF-64 Object File Format, figure 6; ELF, figure 2-1). Sizes and addresses are untrusted.</summary>
public readonly record struct ElfSegment(uint Type, ulong Offset, ulong PhysicalAddress, ulong FileSize, ulong MemorySize);

/// <summary>A little-endian x86 ELF image, 64-bit or 32-bit, its structure checked against the file's bounds.</summary>
/// <remarks>
/// Source of the layouts: System V ABI, "ELF-64 Object File Format", version 1.5, and "Executable and Linking Format", version
/// 1.2. Every byte is untrusted.
/// </remarks>
public sealed class ElfImage
{
    private const int IdentitySize = 16, ClassAt = 4, ByteOrderAt = 5;
    private const byte Class32 = 1, Class64 = 2, LittleEndian = 1;
    private const uint PtLoad = 1, PtNote = 4, ShtNote = 7;
    private const int Machine386 = 3, MachineX8664 = 62;
    private const ushort TypeExecutable = 2, TypeShared = 3;

    private readonly ReadOnlyMemory<byte> _file;

    private ElfImage(ReadOnlyMemory<byte> file, DomainKind kind, ulong entry, List<ElfSegment> segments, List<ReadOnlyMemory<byte>> notes)
    {
        _file = file;
        Kind = kind;
        Entry = entry;
        Segments = segments;
        NoteAreas = notes;
        PhysicalStart = segments.Min(s => s.PhysicalAddress);
        PhysicalEnd = segments.Max(s => s.PhysicalAddress + s.MemorySize);
    }

    /// <summary>What the class says of the domain to be.</summary>
    public DomainKind Kind { get; }

    /// <summary>e_entry.</summary>
    public ulong Entry { get; }

    /// <summary>The PT_LOAD segments; at least one.</summary>
    public IReadOnlyList<ElfSegment> Segments { get; }

    /// <summary>Contents of the PT_NOTE segments, or of the SHT_NOTE sections if there are none.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> NoteAreas { get; }

    /// <summary>The lowest p_paddr.</summary>
    public ulong PhysicalStart { get; }

    /// <summary>One beyond the highest byte that a segment occupies.</summary>
    public ulong PhysicalEnd { get; }

    /// <summary>Reads the headers.</summary>
    /// <exception cref="InvalidImageException">not an image that a domain can start from</exception>
    public static ElfImage Parse(ReadOnlyMemory<byte> file)
    {
        ReadOnlySpan<byte> bytes = file.Span;
        DomainKind kind = CheckIdentity(bytes);
        GuestAbi abi = GuestAbi.Of(kind);

        MemberReader header = new(bytes, abi);
        header.Bytes(IdentitySize + (2 * sizeof(ushort)) + sizeof(uint)); // e_ident, e_type, e_machine, e_version
        (ulong entry, ulong programHeaders, ulong sectionHeaders) = (header.Word(), header.Word(), header.Word());
        header.Bytes(sizeof(uint) + sizeof(ushort)); // e_flags, e_ehsize
        (int programEntry, int programCount) = (header.Half(), header.Half());
        (int sectionEntry, int sectionCount) = (header.Half(), header.Half());

        List<ElfSegment> segments = [];
        List<ReadOnlyMemory<byte>> notes = [];
        for (int i = 0; i < programCount; i++)
        {
            int size = abi.Choose(narrow: 32, wide: 56);
            ElfSegment segment = ReadSegment(HeaderAt(bytes, programHeaders, programEntry, i, size, "program"), abi);
            if (segment.Type == PtLoad && segment.MemorySize > 0) segments.Add(CheckLoad(segment, file));
            if (segment.Type == PtNote) notes.Add(Slice(file, segment.Offset, segment.FileSize, "a note segment"));
        }

        if (segments.Count == 0) throw new InvalidImageException("The ELF image has no segment to load.");

        if (notes.Count == 0)
        {
            for (int i = 0; i < sectionCount; i++)
            {
                MemberReader section = new(
                    HeaderAt(bytes, sectionHeaders, sectionEntry, i, abi.Choose(narrow: 40, wide: 64), "section"), abi);
                section.Int(); // sh_name
                uint type = section.Int();
                section.Bytes(2 * abi.WordBytes); // sh_flags, sh_addr
                if (type == ShtNote) notes.Add(Slice(file, section.Word(), section.Word(), "a note section"));
            }
        }

        return new(file, kind, entry, segments, notes);
    }

    private static ElfSegment ReadSegment(ReadOnlySpan<byte> header, GuestAbi abi)
    {
        MemberReader members = new(header, abi);
        uint type = members.Int();
        ulong offset = members.Word(); // In ELF-64 alignment skips p_flags; in ELF-32 they come last.
        members.Word(); // p_vaddr
        return new(type, offset, members.Word(), members.Word(), members.Word());
    }

    /// <summary>The bytes of a segment that are in the file; the rest of it is zero.</summary>
    public ReadOnlySpan<byte> Contents(ElfSegment segment) =>
        _file.Span.Slice((int)segment.Offset, (int)segment.FileSize);

    private static DomainKind CheckIdentity(ReadOnlySpan<byte> bytes)
    {
        const uint linuxBootMagic = 0x53726448; // "HdrS" at 0x202, Linux's Documentation/x86/boot.rst

        if (bytes.Length >= 0x206 && U32(bytes[0x202..]) == linuxBootMagic && bytes[0] != 0x7f)
            throw new InvalidImageException("The image is a compressed Linux kernel (bzImage); give the ELF kernel inside it.");
        if (bytes.Length < IdentitySize) throw new InvalidImageException("The image is too short to be an ELF file.");
        if (U32(bytes) != 0x464c457f) throw new InvalidImageException("The image is not an ELF file.");
        if (bytes[ClassAt] is not (Class32 or Class64) || bytes[ByteOrderAt] != LittleEndian)
            throw new InvalidImageException("The image is not a little-endian ELF file of 32 or 64 bits.");

        DomainKind kind = bytes[ClassAt] == Class32 ? DomainKind.Pv32Pae : DomainKind.Pv64;
        if (bytes.Length < GuestAbi.Of(kind).Choose(narrow: 52, wide: 64)) throw new InvalidImageException("The image is too short to be an ELF file.");
        if (U16(bytes[18..]) != (kind == DomainKind.Pv32Pae ? Machine386 : MachineX8664))
            throw new InvalidImageException("The ELF image is not for x86-64, nor of 32 bits for i386.");
        if (U16(bytes[16..]) is not (TypeExecutable or TypeShared))
            throw new InvalidImageException("The ELF image is not an executable.");
        return kind;
    }

    private static ReadOnlySpan<byte> HeaderAt(
        ReadOnlySpan<byte> file, ulong table, int entrySize, int index, int needed, string kind)
    {
        ulong length = (ulong)file.Length;
        ulong offset = (ulong)index * (ulong)entrySize;
        if (entrySize < needed || table > length || offset + (ulong)needed > length - table)
            throw new InvalidImageException($"The ELF image's {kind} headers are not inside the file.");

        return file.Slice((int)(table + offset), needed);
    }

    private static ElfSegment CheckLoad(ElfSegment segment, ReadOnlyMemory<byte> file)
    {
        Slice(file, segment.Offset, segment.FileSize, "a segment");
        if (segment.FileSize > segment.MemorySize)
            throw new InvalidImageException("A segment of the ELF image is larger in the file than in memory.");
        if (segment.PhysicalAddress > ulong.MaxValue - segment.MemorySize)
            throw new InvalidImageException("A segment of the ELF image wraps around the address space.");

        return segment;
    }

    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> file, ulong offset, ulong size, string what)
    {
        ulong length = (ulong)file.Length;
        if (offset > length || size > length - offset)
            throw new InvalidImageException($"The ELF image is cut short: {what} lies beyond its end.");

        return file.Slice((int)offset, (int)size);
    }

    private static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
