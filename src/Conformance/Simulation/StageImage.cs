using System.Buffers.Binary;
using Implementation.Hypervisor;

namespace Conformance.Simulation;

/// <summary>The kernel of a stage's domains: pages without anything in them but one instruction, as an ELF file with Xen notes.</summary>
internal static class StageImage
{
    // xen/include/public/elfnote.h
    private const uint Entry = 1, VirtBase = 3, PaddrOffset = 4, XenVersion = 5, PaeMode = 9;

    // mov [rdi], rax
    private static ReadOnlySpan<byte> Store => [0x48, 0x89, 0x07];

    public static byte[] Make(StageLayout layout)
    {
        List<byte> notes = [];
        AddNote(notes, Entry, layout.Base);
        AddNote(notes, VirtBase, layout.Base);
        AddNote(notes, PaddrOffset, 0);
        AddNote(notes, XenVersion, "xen-3.0\0"u8);
        if (layout.Kind == DomainKind.Pv32Pae) AddNote(notes, PaeMode, "yes\0"u8);

        Elf elf = layout.Kind == DomainKind.Pv32Pae ? Elf.Narrow : Elf.Wide;
        int notesAt = elf.HeaderSize + (2 * elf.ProgramHeaderSize), codeAt = notesAt + notes.Count;
        byte[] file = new byte[codeAt + Store.Length];
        elf.WriteHeader(file, layout.Base);
        elf.WriteSegment(file.AsSpan(elf.HeaderSize), type: 1, codeAt, Store.Length, layout.ImagePages * StageLayout.PageSize);
        elf.WriteSegment(file.AsSpan(elf.HeaderSize + elf.ProgramHeaderSize), type: 4, notesAt, notes.Count, notes.Count);
        notes.CopyTo(file, notesAt);
        Store.CopyTo(file.AsSpan(codeAt));
        return file;
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

    /// <summary>Headers of one class of ELF files: two programs, no sections (System V ABI, "Object Files").</summary>
    /// <param name="WordBytes">of addresses and offsets</param>
    private readonly record struct Elf(int WordBytes, byte Class, ushort Machine, int HeaderSize, int ProgramHeaderSize)
    {
        public static Elf Wide { get; } = new(sizeof(ulong), 2, 62, 64, 56);

        public static Elf Narrow { get; } = new(sizeof(uint), 1, 3, 52, 32);

        public void WriteHeader(Span<byte> to, ulong entry)
        {
            ((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', Class, 1, 1]).CopyTo(to);
            BinaryPrimitives.WriteUInt16LittleEndian(to[16..], 2); // ET_EXEC
            BinaryPrimitives.WriteUInt16LittleEndian(to[18..], Machine);
            PutWord(to[24..], entry);
            PutWord(to[(24 + WordBytes)..], (ulong)HeaderSize);
            int sizes = 24 + (3 * WordBytes) + 4;
            BinaryPrimitives.WriteUInt16LittleEndian(to[(sizes + 2)..], (ushort)ProgramHeaderSize);
            BinaryPrimitives.WriteUInt16LittleEndian(to[(sizes + 4)..], 2);
        }

        /// <summary>Type, flags, offset, addresses, sizes; in the narrow class the flags come behind.</summary>
        public void WriteSegment(Span<byte> to, uint type, int offset, int fileSize, int memorySize)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(to, type);
            PutWord(to[WordBytes..], (ulong)offset);
            PutWord(to[(4 * WordBytes)..], (ulong)fileSize);
            PutWord(to[(5 * WordBytes)..], (ulong)memorySize);
        }

        private void PutWord(Span<byte> to, ulong value)
        {
            if (WordBytes == sizeof(uint)) BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)value);
            else BinaryPrimitives.WriteUInt64LittleEndian(to, value);
        }
    }
}
