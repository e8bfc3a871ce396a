using System.Buffers.Binary;

namespace Conformance.Simulation;

/// <summary>The kernel of a stage's domains: pages without anything in them but one instruction, as an ELF file with Xen notes.</summary>
internal static class StageImage
{
    private const int HeaderSize = 64, ProgramHeaderSize = 56, NotesAt = HeaderSize + (2 * ProgramHeaderSize);

    // xen/include/public/elfnote.h
    private const uint Entry = 1, VirtBase = 3, PaddrOffset = 4, XenVersion = 5;

    // mov [rdi], rax
    private static ReadOnlySpan<byte> Store => [0x48, 0x89, 0x07];

    public static byte[] Make(StageLayout layout)
    {
        List<byte> notes = [];
        AddNote(notes, Entry, layout.Base);
        AddNote(notes, VirtBase, layout.Base);
        AddNote(notes, PaddrOffset, 0);
        AddNote(notes, XenVersion, "xen-3.0\0"u8);

        int codeAt = NotesAt + notes.Count;
        byte[] file = new byte[codeAt + Store.Length];
        WriteHeader(file, layout.Base);
        WriteSegment(file.AsSpan(HeaderSize), type: 1, codeAt, Store.Length, layout.ImagePages * StageLayout.PageSize);
        WriteSegment(file.AsSpan(HeaderSize + ProgramHeaderSize), type: 4, NotesAt, notes.Count, notes.Count);
        notes.CopyTo(file, NotesAt);
        Store.CopyTo(file.AsSpan(codeAt));
        return file;
    }

    private static void WriteHeader(Span<byte> to, ulong entry)
    {
        ((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]).CopyTo(to);
        BinaryPrimitives.WriteUInt16LittleEndian(to[16..], 2);  // ET_EXEC
        BinaryPrimitives.WriteUInt16LittleEndian(to[18..], 62); // EM_X86_64
        BinaryPrimitives.WriteUInt64LittleEndian(to[24..], entry);
        BinaryPrimitives.WriteUInt64LittleEndian(to[32..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(to[54..], ProgramHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(to[56..], 2);
    }

    private static void WriteSegment(Span<byte> to, uint type, int offset, int fileSize, int memorySize)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, type);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], (ulong)offset);
        BinaryPrimitives.WriteUInt64LittleEndian(to[32..], (ulong)fileSize);
        BinaryPrimitives.WriteUInt64LittleEndian(to[40..], (ulong)memorySize);
    }

    private static void AddNote(List<byte> notes, uint type, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        AddNote(notes, type, bytes);
    }

    private static void AddNote(List<byte> notes, uint type, ReadOnlySpan<byte> value)
    {
        Span<byte> head = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(head, 4);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], value.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], type);
        "Xen\0"u8.CopyTo(head[12..]);
        notes.AddRange(head);
        notes.AddRange(value);
    }
}
