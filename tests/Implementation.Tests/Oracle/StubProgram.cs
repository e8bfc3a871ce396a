using System.Buffers.Binary;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Oracle;

/// <summary>
/// The traced child: a static ELF program that asks to be traced, maps the shared image from the file named by its
/// argument, and stops. It never runs on; its registers are replaced before each step.
/// </summary>
internal static class StubProgram
{
    internal const int TracingRefused = 10;
    internal const int FileRefused = 11;
    internal const int MappingRefused = 12;
    internal const int TableRefused = 13;

    /// <summary>Where a POPFQ stands that brings RFLAGS back to what a program starts with, and its stack.</summary>
    internal const ulong ResetFlags = LoadAddress + HeaderBytes;
    internal const ulong ResetFlagsStack = ResetFlags + 8;

    private const ulong LoadAddress = 0x2b67_5a3c_d000; // Where no drawn address will hit it.
    private const int HeaderBytes = 64 + 56;
    private const ulong Entry = ResetFlagsStack + 8;

    private const int BytesOfUserDescriptor = 16;

    private const int SysOpen = 2;
    private const int SysMmap = 9;
    private const int SysExit = 60;
    private const int SysPtrace = 101;
    private const int SysModifyLdt = 154;

    /// <summary>The bytes of the ELF file.</summary>
    internal static byte[] Build()
    {
        byte[] code = Assemble();
        byte[] file = new byte[HeaderBytes + code.Length];
        Span<byte> header = file;

        ReadOnlySpan<byte> identification = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0];
        identification.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[16..], 2); // ET_EXEC
        BinaryPrimitives.WriteUInt16LittleEndian(header[18..], 62); // EM_X86_64
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], Entry); // e_entry
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], 64); // e_phoff
        BinaryPrimitives.WriteUInt16LittleEndian(header[52..], 64);
        BinaryPrimitives.WriteUInt16LittleEndian(header[54..], 56);
        BinaryPrimitives.WriteUInt16LittleEndian(header[56..], 1); // e_phnum

        Span<byte> segment = header[64..];
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1); // PT_LOAD
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 5); // PF_R | PF_X
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], LoadAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], LoadAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], 0x1000);

        code.CopyTo(header[HeaderBytes..]);
        return file;
    }

    private static byte[] Assemble()
    {
        var a = new Assembler(64);
        Label refused = a.CreateLabel(), table = a.CreateLabel(), next = a.CreateLabel();

        a.popfq();
        a.nop(7);
        a.dq(0x202); // IF and bit 1

        a.mov(rbx, __qword_ptr[rsp + 16]); // argv[1]

        a.mov(ebp, TracingRefused);
        a.mov(eax, SysPtrace);
        a.xor(edi, edi); // PTRACE_TRACEME
        a.syscall();
        a.test(rax, rax);
        a.jne(refused);

        a.mov(ebp, FileRefused);
        a.mov(eax, SysOpen);
        a.mov(rdi, rbx);
        a.mov(esi, 2); // O_RDWR
        a.syscall();
        a.test(rax, rax);
        a.js(refused);
        a.mov(r12, rax);

        a.mov(ebp, MappingRefused);
        foreach (Region region in OracleMemory.Regions)
        {
            a.mov(eax, SysMmap);
            a.mov(edi, (uint)region.Linear);
            a.mov(esi, region.Pages * OracleMemory.PageSize);
            a.mov(edx, 1 | (region.Writable ? 2 : 0) | (region.Executable ? 4 : 0));
            a.mov(r10d, 0x11); // MAP_SHARED | MAP_FIXED
            a.mov(r8, r12);
            a.mov(r9d, region.FirstPage * OracleMemory.PageSize);
            a.syscall();
            a.cmp(rax, (int)region.Linear);
            a.jne(refused);
        }

        a.mov(ebp, TableRefused);
        a.lea(r13, __[table]);
        a.mov(r14d, LocalTable.Count);
        a.Label(ref next);
        a.mov(eax, SysModifyLdt);
        a.mov(edi, 0x11); // write one entry
        a.mov(rsi, r13);
        a.mov(edx, BytesOfUserDescriptor);
        a.syscall();
        a.test(eax, eax); // The kernel extends the 32-bit answer with zeros.
        a.jne(refused);
        a.add(r13, BytesOfUserDescriptor);
        a.dec(r14d);
        a.jne(next);

        a.int3();

        a.Label(ref refused);
        a.mov(edi, ebp);
        a.mov(eax, SysExit);
        a.syscall();

        a.Label(ref table);
        foreach (uint word in LocalTable.Arguments) a.dd(word);

        using var bytes = new MemoryStream();
        a.Assemble(new StreamCodeWriter(bytes), LoadAddress + HeaderBytes);
        return bytes.ToArray();
    }
}
