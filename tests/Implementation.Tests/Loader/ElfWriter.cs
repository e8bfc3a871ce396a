using System.Text;
using Implementation.Hypervisor;

namespace Implementation.Tests.Loader;

/// <summary>Writes small ELF images with Xen notes, right or wrong.</summary>
internal sealed class ElfWriter
{
    private readonly List<(uint Type, ulong Physical, byte[] Data, ulong MemorySize)> _segments = [];
    private readonly List<byte> _notes = [];

    public ulong Entry { get; set; } = 0x1000;

    /// <summary>Decides the class.</summary>
    public DomainKind Kind { get; init; }

    /// <summary>Put the notes into a section instead of a segment, as Mini-OS does.</summary>
    public bool NotesInSection { get; set; }

    /// <summary>The least a pv64 kernel can be.</summary>
    public static ElfWriter Minimal() => new ElfWriter().Load(0x1000, [0xeb, 0xfe], 0x3000).Note(5, "xen-3.0").Note(8, "generic");

    /// <summary>The least a 32-bit kernel can be.</summary>
    public static ElfWriter Minimal32() =>
        new ElfWriter { Kind = DomainKind.Pv32Pae }.Load(0x1000, [0xeb, 0xfe], 0x3000).Note(5, "xen-3.0").Note(9, "yes");

    public ElfWriter Load(ulong physical, byte[] data, ulong memorySize)
    {
        _segments.Add((1, physical, data, memorySize));
        return this;
    }

    public ElfWriter Note(uint type, string text) => Note(type, Encoding.ASCII.GetBytes(text + "\0"));

    public ElfWriter Note(uint type, ulong number) => Note(type, BitConverter.GetBytes(number));

    public ElfWriter Note(uint type, byte[] descriptor)
    {
        _notes.AddRange(BitConverter.GetBytes(4));
        _notes.AddRange(BitConverter.GetBytes(descriptor.Length));
        _notes.AddRange(BitConverter.GetBytes(type));
        _notes.AddRange("Xen\0"u8);
        _notes.AddRange(descriptor);
        _notes.AddRange(new byte[-descriptor.Length & 3]);
        return this;
    }

    public byte[] ToArray()
    {
        List<(uint Type, ulong Physical, byte[] Data, ulong MemorySize)> all = [.. _segments];
        if (!NotesInSection) all.Add((4, 0, _notes.ToArray(), 0));

        GuestAbi abi = GuestAbi.Of(Kind);
        (int header, int program, int section) = abi.WordBytes == 4 ? (52, 32, 40) : (64, 56, 64);
        int headers = header + (program * all.Count) + section;
        byte[] file = new byte[headers + all.Sum(s => s.Data.Length) + (NotesInSection ? _notes.Count : 0)];
        WriteHeader(file, all.Count, header, program, NotesInSection ? section : 0, sections: headers - section);

        int offset = headers;
        for (int i = 0; i < all.Count; i++)
        {
            MemberWriter members = new(file.AsSpan(header + (program * i)), abi);
            members.Int(all[i].Type);
            members.Word((ulong)offset);
            members.Word(0);
            members.Word(all[i].Physical);
            members.Word((ulong)all[i].Data.Length);
            members.Word(all[i].MemorySize);
            all[i].Data.CopyTo(file, offset);
            offset += all[i].Data.Length;
        }

        if (NotesInSection)
        {
            MemberWriter members = new(file.AsSpan(headers - section), abi);
            members.Int(0);
            members.Int(7);
            members.Word(0);
            members.Word(0);
            members.Word((ulong)offset);
            members.Word((ulong)_notes.Count);
            _notes.CopyTo(file, offset);
        }

        return file;
    }

    private void WriteHeader(byte[] file, int programs, int header, int program, int section, int sections)
    {
        bool isNarrow = Kind == DomainKind.Pv32Pae;
        MemberWriter members = new(file, GuestAbi.Of(Kind));
        ((byte[])[0x7f, (byte)'E', (byte)'L', (byte)'F', (byte)(isNarrow ? 1 : 2), 1, 1]).CopyTo(members.Bytes(16));
        members.Half(2);
        members.Half((ushort)(isNarrow ? 3 : 62));
        members.Int(1);
        members.Word(Entry);
        members.Word((ulong)header);
        members.Word(section == 0 ? 0 : (ulong)sections);
        members.Int(0);
        foreach (int each in (int[])[header, program, programs, section, section == 0 ? 0 : 1]) members.Half((ushort)each);
    }
}
