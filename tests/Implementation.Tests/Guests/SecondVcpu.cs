using System.Buffers.Binary;
using Implementation.Hypervisor;

namespace Implementation.Tests.Guests;

/// <summary>A <c>struct vcpu_guest_context</c> as a kernel makes it for its second vCPU, put where a hypercall can be pointed at.</summary>
internal sealed class SecondVcpu(TestGuest guest)
{
    /// <summary>Where the context is, and where its vCPU's code and stack are.</summary>
    public const ulong At = 0x40000, Code = 0x50000, Stack = 0x60000;

    public const int Flags = 512, R12 = 544, Rip = 648, Cs = 656, Rsp = 672, Ss = 680, LdtBase = 4816, LdtEntries = 4824, Gdt = 4832, GdtEntries = 4960, UserRoot = 4992,
        Root = 5008, Event = 5112, Failsafe = 5120, FsBase = 5144;

    private const int Size = 5168;
    private readonly byte[] _bytes = new byte[Size];

    /// <summary>As Linux makes it: in kernel mode, on the root of the first vCPU, with the flat segments.</summary>
    public SecondVcpu Lawful() => Set(Flags, 1 << 2).Set(Rip, Code).Set(Rsp, Stack).Set(Cs, 0xe033).Set(Ss, 0xe02b).Set(Root, guest.Vcpu.KernelRootMfn << 12);

    public SecondVcpu Set(int at, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(at), value);
        return this;
    }

    public long Initialise(ulong vcpu = 1)
    {
        Assert.True(guest.Vcpu.TryWrite(At, _bytes));
        return guest.Call(24, 0, vcpu, At);
    }

    public long Up() => guest.Call(24, 1, 1);

    public long Down() => guest.Call(24, 2, 1);

    public long IsUp() => guest.Call(24, 3, 1);

    public Vcpu Vcpu => guest.Domain.Vcpus[1];
}
