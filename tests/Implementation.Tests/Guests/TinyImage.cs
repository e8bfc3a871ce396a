using System.Buffers.Binary;

namespace Implementation.Tests.Guests;

/// <summary>The smallest ELF file that a pv64 domain can be built from: notes and one page of code at address 0.</summary>
internal static class TinyImage
{
    private const int Header = 64, ProgramHeader = 56, NoteAt = Header + (2 * ProgramHeader), CodeAt = 4096;

    public static byte[] Of(ReadOnlySpan<byte> code)
    {
        byte[] file = new byte[CodeAt + 4096];
        ReadOnlySpan<byte> ident = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        ident.CopyTo(file);
        Put16(file, 16, 2); // ET_EXEC
        Put16(file, 18, 62); // EM_X86_64
        Put32(file, 20, 1);
        Put64(file, 32, Header);
        Put16(file, 52, Header);
        Put16(file, 54, ProgramHeader);
        Put16(file, 56, 2);

        int notes = WriteNotes(file);
        WriteProgramHeader(file, Header, type: 1, CodeAt, 4096);
        WriteProgramHeader(file, Header + ProgramHeader, type: 4, NoteAt, (ulong)notes);
        code[..Math.Min(code.Length, 4096)].CopyTo(file.AsSpan(CodeAt));
        return file;
    }

    private static void WriteProgramHeader(byte[] file, int at, uint type, int offset, ulong length)
    {
        Put32(file, at, type);
        Put32(file, at + 4, 7);
        Put64(file, at + 8, (ulong)offset);
        // The code lies at address 0; nothing loads the notes.
        Put64(file, at + 32, length);
        Put64(file, at + 40, length);
        Put64(file, at + 48, 4096);
    }

    /// <summary>XEN_VERSION, GUEST_OS and LOADER, which toolstacks ask for.</summary>
    private static int WriteNotes(byte[] file)
    {
        int at = NoteAt;
        foreach ((uint type, string value) in ((uint, string)[])[(5, "xen-3.0\0"), (6, "tiny\0\0\0\0"), (8, "generic\0")])
        {
            Put32(file, at, 4);
            Put32(file, at + 4, (uint)value.Length);
            Put32(file, at + 8, type);
            "Xen\0"u8.CopyTo(file.AsSpan(at + 12));
            System.Text.Encoding.ASCII.GetBytes(value, file.AsSpan(at + 16));
            at += 16 + value.Length;
        }

        return at - NoteAt;
    }

    private static void Put16(byte[] file, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);

    private static void Put32(byte[] file, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);

    private static void Put64(byte[] file, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
}
