using System.Buffers.Binary;
using Implementation.Memory;

namespace Implementation.Hypervisor;

/// <summary>The page of stubs through which a guest may make hypercalls (pv-abi 2.6).</summary>
public static class HypercallPage
{
    private const int StubSize = 32, Stubs = PhysicalMemory.PageSize / StubSize, Iret = 23;

    /// <summary>Writes all stubs for a pv64 guest.</summary>
    /// <param name="page">4096 bytes</param>
    public static void Fill(Span<byte> page)
    {
        for (int number = 0; number < Stubs; number++)
        {
            Span<byte> stub = page.Slice(number * StubSize, StubSize);
            stub.Fill(0xcc);
            if (number == Iret) WriteIret(stub);
            else Write(stub, number);
        }
    }

    /// <summary>WRMSR to Xen's base register: fills the guest frame that <paramref name="value"/> names.</summary>
    /// <param name="value">machine address of the page, a stub-page index in its low bits; untrusted</param>
    internal static bool TryFill(Vcpu vcpu, ulong value)
    {
        Xen xen = vcpu.Domain.Xen;
        ulong mfn = value >> PhysicalMemory.PageShift;
        if ((value & (PhysicalMemory.PageSize - 1)) != 0 || !xen.Memory.Contains(mfn)) return false;
        if (xen.PageTables.GetPageAndType(mfn, PageType.Writable, vcpu.Domain.Id) != 0) return false;

        Fill(xen.Memory.Frame(mfn));
        xen.Memory.Written(mfn);
        xen.PageTables.PutPageAndType(mfn);
        return true;
    }

    /// <summary>push rcx; push r11; mov eax, n; syscall; pop r11; pop rcx; ret</summary>
    private static void Write(Span<byte> stub, int number)
    {
        ReadOnlySpan<byte> code = [0x51, 0x41, 0x53, 0xb8, 0, 0, 0, 0, 0x0f, 0x05, 0x41, 0x5b, 0x59, 0xc3];
        code.CopyTo(stub);
        BinaryPrimitives.WriteInt32LittleEndian(stub[4..], number);
    }

    /// <summary>push rcx; push r11; push rax; mov eax, 23; syscall. It does not come back.</summary>
    private static void WriteIret(Span<byte> stub)
    {
        ReadOnlySpan<byte> code = [0x51, 0x41, 0x53, 0x50, 0xb8, Iret, 0, 0, 0, 0x0f, 0x05];
        code.CopyTo(stub);
    }
}
