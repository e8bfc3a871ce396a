using System.Buffers.Binary;

namespace Implementation.Domains;

/// <summary>One program header (ELF-64 Object File Format, figure 6). Sizes and addresses are untrusted.</summary>
public readonly record struct ElfSegment(uint Type, ulong Offset, ulong PhysicalAddress, ulong FileSize, ulong MemorySize);

/// <summary>A 64-bit little-endian x86 ELF image, its structure checked against the file's bounds.</summary>
/// <remarks>Source of the layout: System V ABI, "ELF-64 Object File Format", version 1.5. Every byte is untrusted.</remarks>
public sealed class ElfImage
{
    private const int HeaderSize = 64, ProgramHeaderSize = 56, SectionHeaderSize = 64;
    private const uint PtLoad = 1, PtNote = 4, ShtNote = 7;
    private const int MachineX8664 = 62;
    private const ushort TypeExecutable = 2, TypeShared = 3;

    private readonly ReadOnlyMemory<byte> _file;

    private ElfImage(ReadOnlyMemory<byte> file, ulong entry, List<ElfSegment> segments, List<ReadOnlyMemory<byte>> notes)
    {
        _file = file;
        Entry = entry;
        Segments = segments;
        NoteAreas = notes;
        PhysicalStart = segments.Min(s => s.PhysicalAddress);
        PhysicalEnd = segments.Max(s => s.PhysicalAddress + s.MemorySize);
    }

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
    /// <exception cref="InvalidImageException">not an image that a pv64 domain can start from</exception>
    public static ElfImage Parse(ReadOnlyMemory<byte> file)
    {
        ReadOnlySpan<byte> bytes = file.Span;
        CheckIdentity(bytes);

        ulong programHeaders = U64(bytes[32..]), sectionHeaders = U64(bytes[40..]);
        int programEntry = U16(bytes[54..]), programCount = U16(bytes[56..]);
        int sectionEntry = U16(bytes[58..]), sectionCount = U16(bytes[60..]);

        List<ElfSegment> segments = [];
        List<ReadOnlyMemory<byte>> notes = [];
        for (int i = 0; i < programCount; i++)
        {
            ReadOnlySpan<byte> header = HeaderAt(bytes, programHeaders, programEntry, i, ProgramHeaderSize, "program");
            ElfSegment segment = new(U32(header), U64(header[8..]), U64(header[24..]), U64(header[32..]), U64(header[40..]));
            if (segment.Type == PtLoad && segment.MemorySize > 0) segments.Add(CheckLoad(segment, file));
            if (segment.Type == PtNote) notes.Add(Slice(file, segment.Offset, segment.FileSize, "a note segment"));
        }

        if (segments.Count == 0) throw new InvalidImageException("The ELF image has no segment to load.");

        if (notes.Count == 0)
        {
            for (int i = 0; i < sectionCount; i++)
            {
                ReadOnlySpan<byte> header = HeaderAt(bytes, sectionHeaders, sectionEntry, i, SectionHeaderSize, "section");
                if (U32(header[4..]) == ShtNote) notes.Add(Slice(file, U64(header[24..]), U64(header[32..]), "a note section"));
            }
        }

        return new(file, U64(bytes[24..]), segments, notes);
    }

    /// <summary>The bytes of a segment that are in the file; the rest of it is zero.</summary>
    public ReadOnlySpan<byte> Contents(ElfSegment segment) =>
        _file.Span.Slice((int)segment.Offset, (int)segment.FileSize);

    private static void CheckIdentity(ReadOnlySpan<byte> bytes)
    {
        const uint linuxBootMagic = 0x53726448; // "HdrS" at 0x202, Linux's Documentation/x86/boot.rst

        if (bytes.Length >= 0x206 && U32(bytes[0x202..]) == linuxBootMagic && bytes[0] != 0x7f)
            throw new InvalidImageException("The image is a compressed Linux kernel (bzImage); give the ELF kernel inside it.");
        if (bytes.Length < HeaderSize) throw new InvalidImageException("The image is too short to be an ELF file.");
        if (U32(bytes) != 0x464c457f) throw new InvalidImageException("The image is not an ELF file.");
        if (bytes[4] == 1) throw new InvalidImageException("The image is a 32-bit ELF file; 32-bit PV guests are not supported.");
        if (bytes[4] != 2 || bytes[5] != 1) throw new InvalidImageException("The image is not a 64-bit little-endian ELF file.");
        if (U16(bytes[18..]) != MachineX8664) throw new InvalidImageException("The ELF image is not for x86-64.");
        if (U16(bytes[16..]) is not (TypeExecutable or TypeShared))
            throw new InvalidImageException("The ELF image is not an executable.");
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

    private static ulong U64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}
