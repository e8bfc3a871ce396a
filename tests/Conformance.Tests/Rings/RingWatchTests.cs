using Conformance.Watch;
using Implementation.Cpu;
using Implementation.Domains;
using Implementation.Hypercalls;
using Implementation.Hypervisor;
using Model;

namespace Conformance.Tests.Rings;

/// <summary>What the watch of ring protection must not take for a difference: rare things that guests may do.</summary>
public sealed class RingWatchTests
{
    private const ulong PageSize = 0x1000, Below = 64;

    /// <summary>After the instruction, or a pending event, the guest stays where it is: JMP to itself.</summary>
    private static readonly byte[] s_rest = [0xeb, 0xfe];

    /// <summary>RAX gets RSP less <see cref="Below"/>, CR2 gets that, and RSP gets what CR2 has; behind it the guest stays.</summary>
    private static byte[] MovesStack(bool is32Bit) =>
        [.. is32Bit ? (byte[])[] : [0x48], 0x8d, 0x44, 0x24, 0xc0, 0x0f, 0x22, 0xd0, 0x0f, 0x20, 0xd4, .. s_rest];

    /// <summary>MOV to RSP from a control register, which Xen carries out, is a way to move the stack pointer.</summary>
    [Theory, Clause("VC-2")]
    [InlineData("selftest", Next.Instruction)]
    [InlineData("selftest", Next.Event)]
    [InlineData("selftest", Next.End)]
    [InlineData("ring1", Next.Instruction)]
    [InlineData("ring1", Next.Event)]
    [InlineData("ring1", Next.End)]
    public void An_instruction_that_Xen_carries_out_may_write_the_stack_pointer(string guest, Next next)
    {
        ModelWatch watch = new();
        LyingObserver observer = new(watch, new("what comes next", When: 1) { Left = v => Prepare(v, next) });
        using Xen xen = new(new() { MemoryFrames = 6144 }, observer);
        Vcpu vcpu = Build(xen, guest);
        ulong stack = vcpu.Cpu[Gpr.Rsp] - (PageSize / 2); // The boot stack is one page.
        Begin(vcpu, MovesStack(vcpu.Domain.Is32Bit), stack);
        xen.Run(vcpu.Domain, new() { Instructions = 10 });

        Assert.True(watch.Finding is null, $"{Told(watch)}");
        Assert.True(observer.HasLied, "the instruction was to trap");
        Assert.Equal(next == Next.End, vcpu.Domain.CrashReason is not null);
        ulong expected = stack - Below - (next, vcpu.Domain.Is32Bit) switch
        {
            (Next.Event, false) => 7 * sizeof(ulong),
            (Next.Event, true) => 3 * sizeof(uint),
            _ => 0UL,
        };
        if (next != Next.End) Assert.Equal(expected, vcpu.Cpu[Gpr.Rsp]);
    }

    /// <summary>The last words of a frame may lie where the event mask is, though its first do not.</summary>
    [Theory, Clause("TR-10")]
    [InlineData("selftest")]
    [InlineData("ring1")]
    public void A_frame_may_reach_into_the_page_of_the_event_mask(string guest)
    {
        const ulong updateMapping = 14;

        ModelWatch watch = new();
        using Xen xen = new(new() { MemoryFrames = 6144 }, watch);
        Vcpu vcpu = Build(xen, guest);
        bool is32Bit = vcpu.Domain.Is32Bit;
        ulong stack = vcpu.Cpu[Gpr.Rsp] - (PageSize / 2), shared = (stack | (PageSize - 1)) + 1;
        byte[] code = [0x0f, 0x0b]; // UD2
        ulong at = Begin(vcpu, code, stack), entry = (vcpu.Info.Mfn << 12) | 7;
        Assert.Equal(0, is32Bit ? Call(vcpu, updateMapping, shared, (uint)entry, entry >> 32) : Call(vcpu, updateMapping, shared, entry, 2));
        SetHandler(vcpu, vector: 6, at + (ulong)code.Length);
        vcpu.Cpu[Gpr.Rsp] = shared + (is32Bit ? 2UL * sizeof(uint) : 4 * sizeof(ulong)); // The selector of the code comes to lie there.
        vcpu.Info.UpcallMask = false;
        xen.Observer!.ContextSet(vcpu);
        xen.Run(vcpu.Domain, new() { Instructions = 10 });

        Assert.True(watch.Finding is null, $"{Told(watch)}");
        Assert.True(vcpu.Info.UpcallMask, "the frame was to write over the mask");
    }

    private static void Prepare(Vcpu vcpu, Next next)
    {
        if (next != Next.Instruction) (vcpu.Info.UpcallMask, vcpu.Info.UpcallPending) = (false, true);
        if (next == Next.End) vcpu.Control.Cr2 = 16; // No frame can lie there.
    }

    private static string Told(ModelWatch watch) => watch.Finding is { } found ? string.Join(", ", found.Differences) : "nothing";

    private static Vcpu Build(Xen xen, string guest) =>
        DomainBuilder.Build(xen, new() { Image = File.ReadAllBytes(Guests.Image(guest)), MemoryPages = 2048 }).Vcpus[0];

    /// <summary>The vCPU is to go on with code of the test's, and events with what stays where it is.</summary>
    /// <returns>where the code is</returns>
    private static ulong Begin(Vcpu vcpu, byte[] code, ulong stack)
    {
        const ulong setCallbacks = 4, flatCode = 0xe019;

        ulong at = vcpu.Cpu[Gpr.Rsp] - 256, rest = at + (ulong)code.Length;
        Assert.True(vcpu.TryWrite(at, (byte[])[.. code, .. s_rest]));
        Assert.Equal(0, vcpu.Domain.Is32Bit ? Call(vcpu, setCallbacks, flatCode, rest, flatCode, rest) : Call(vcpu, setCallbacks, rest, rest, rest));
        (vcpu.Cpu.Rip, vcpu.Cpu[Gpr.Rsp]) = (at, stack);
        vcpu.Domain.Xen.Observer!.ContextSet(vcpu);
        return at;
    }

    private static void SetHandler(Vcpu vcpu, byte vector, ulong address)
    {
        const ulong setTrapTable = 0;

        ulong table = vcpu.Cpu[Gpr.Rsp] - 512;
        byte[] raw = new byte[32];
        raw[0] = vector;
        BitConverter.TryWriteBytes(raw.AsSpan(2), (ushort)0xe019);
        BitConverter.TryWriteBytes(raw.AsSpan(vcpu.Domain.Is32Bit ? 4 : 8), vcpu.Domain.Is32Bit ? (uint)address : address);
        Assert.True(vcpu.TryWrite(table, raw));
        Assert.Equal(0, Call(vcpu, setTrapTable, table));
    }

    private static long Call(Vcpu vcpu, ulong number, ulong a1 = 0, ulong a2 = 0, ulong a3 = 0, ulong a4 = 0) =>
        Table.Invoke(vcpu.Domain.Xen, vcpu, new(number, a1, a2, a3, a4, 0), inMulticall: false);

    /// <summary>What comes behind the instruction.</summary>
    public enum Next
    {
        Instruction,
        Event,

        /// <summary>An event for which no frame can be made.</summary>
        End,
    }
}
