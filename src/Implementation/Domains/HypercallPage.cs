using System.Buffers.Binary;
using Implementation.Hypervisor;

namespace Implementation.Domains;

/// <summary>The page of stubs through which a guest may call Xen: one of 32 bytes for each number.</summary>
/// <remarks>pv_ring3_init_hypercall_page() and pv_ring1_init_hypercall_page(), xen/arch/x86/pv/hypercall.c.</remarks>
internal static class HypercallPage
{
    private const int StubSize = 32, Iret = 23;

    public static void Fill(Span<byte> page, DomainKind kind)
    {
        page.Fill(0xcc); // INT3
        for (int number = 0; number < page.Length / StubSize; number++)
        {
            Span<byte> stub = page.Slice(number * StubSize, StubSize);
            if (kind == DomainKind.Pv32Pae) FillNarrow(stub, number);
            else FillWide(stub, number);
        }
    }

    private static void FillWide(Span<byte> stub, int number)
    {
        // push %rcx; push %r11; then for iret push %rax. Xen takes all three from the stack and does not come back.
        ReadOnlySpan<byte> entry = number == Iret ? [0x51, 0x41, 0x53, 0x50] : [0x51, 0x41, 0x53];
        // syscall; pop %r11; pop %rcx; ret
        ReadOnlySpan<byte> exit = number == Iret ? [0x0f, 0x05] : [0x0f, 0x05, 0x41, 0x5b, 0x59, 0xc3];
        Fill(stub, entry, number, exit);
    }

    private static void FillNarrow(Span<byte> stub, int number)
    {
        ReadOnlySpan<byte> entry = number == Iret ? [0x50] : []; // push %eax
        ReadOnlySpan<byte> exit = number == Iret ? [0xcd, 0x82] : [0xcd, 0x82, 0xc3]; // int $0x82; ret
        Fill(stub, entry, number, exit);
    }

    private static void Fill(Span<byte> stub, ReadOnlySpan<byte> entry, int number, ReadOnlySpan<byte> exit)
    {
        entry.CopyTo(stub);
        stub[entry.Length] = 0xb8; // mov $number, %eax
        BinaryPrimitives.WriteInt32LittleEndian(stub[(entry.Length + 1)..], number);
        exit.CopyTo(stub[(entry.Length + 5)..]);
    }
}
