using System.Buffers.Binary;
using System.Text;

namespace Implementation.Tests.Loader;

/// <summary>Writes small ELF images with Xen notes, right or wrong.</summary>
internal sealed class ElfWriter
{
    private readonly List<(uint Type, ulong Physical, byte[] Data, ulong MemorySize)> _segments = [];
    private readonly List<byte> _notes = [];

    public ulong Entry { get; set; } = 0x1000;

    /// <summary>Put the notes into a section instead of a segment, as Mini-OS does.</summary>
    public bool NotesInSection { get; set; }

    /// <summary>The least a pv64 kernel can be.</summary>
    public static ElfWriter Minimal() => new ElfWriter().Load(0x1000, [0xeb, 0xfe], 0x3000).Note(5, "xen-3.0").Note(8, "generic");

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

        int headers = 64 + (56 * all.Count) + 64;
        byte[] file = new byte[headers + all.Sum(s => s.Data.Length) + (NotesInSection ? _notes.Count : 0)];
        ((byte[])[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]).CopyTo(file, 0);
        Put16(16, 2);
        Put16(18, 62);
        Put64(24, Entry);
        Put64(32, 64);
        Put16(54, 56);
        Put16(56, all.Count);

        int offset = headers;
        for (int i = 0; i < all.Count; i++)
        {
            int header = 64 + (56 * i);
            Put64(header, all[i].Type);
            Put64(header + 8, (ulong)offset);
            Put64(header + 24, all[i].Physical);
            Put64(header + 32, (ulong)all[i].Data.Length);
            Put64(header + 40, all[i].MemorySize);
            all[i].Data.CopyTo(file, offset);
            offset += all[i].Data.Length;
        }

        if (NotesInSection)
        {
            int header = headers - 64;
            Put64(40, (ulong)header);
            Put16(58, 64);
            Put16(60, 1);
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(header + 4), 7);
            Put64(header + 24, (ulong)offset);
            Put64(header + 32, (ulong)_notes.Count);
            _notes.CopyTo(file, offset);
        }

        return file;

        void Put16(int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), (ushort)value);
        void Put64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
    }
}
