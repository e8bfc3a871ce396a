using Conformance.Watch;
using Implementation.Cpu;
using Implementation.Domains;
using Implementation.Hypercalls;
using Implementation.Hypervisor;
using Model;

namespace Conformance.Tests.Rings;

/// <summary>Rare things that guests may do, which hypervisor and model must take alike.</summary>
public sealed class RingWatchTests
{
    private const ulong PageSize = 0x1000, Below = 64, UpdateMapping = 14;

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
        ModelWatch watch = new();
        using Xen xen = new(new() { MemoryFrames = 6144 }, watch);
        Vcpu vcpu = Build(xen, guest);
        bool is32Bit = vcpu.Domain.Is32Bit;
        ulong stack = vcpu.Cpu[Gpr.Rsp] - (PageSize / 2), shared = (stack | (PageSize - 1)) + 1;
        byte[] code = [0x0f, 0x0b]; // UD2
        ulong at = Begin(vcpu, code, stack), entry = (vcpu.Info.Mfn << 12) | 7;
        Assert.Equal(0, is32Bit ? Call(vcpu, UpdateMapping, shared, (uint)entry, entry >> 32) : Call(vcpu, UpdateMapping, shared, entry, 2));
        SetHandler(vcpu, vector: 6, at + (ulong)code.Length);
        vcpu.Cpu[Gpr.Rsp] = shared + (is32Bit ? 2UL * sizeof(uint) : 4 * sizeof(ulong)); // The selector of the code comes to lie there.
        vcpu.Info.UpcallMask = false;
        xen.Observer!.ContextSet(vcpu);
        xen.Run(vcpu.Domain, new() { Instructions = 10 });

        Assert.True(watch.Finding is null, $"{Told(watch)}");
        Assert.True(vcpu.Info.UpcallMask, "the frame was to write over the mask");
    }

    /// <summary>IRET reads the descriptor of the code that it returns to: a kernel that takes away its own hears of it.</summary>
    [Fact, Clause("TR-15")]
    public void A_kernel_whose_code_segment_is_gone_is_told_by_the_exception_of_the_return()
    {
        const ulong setGdt = 2, updateDescriptor = 10, flatCode1 = 0x00cf_bb00_0000_ffff;
        const ushort own = 0x9, flat = 0xe019;

        ModelWatch watch = new();
        using Xen xen = new(new() { MemoryFrames = 6144 }, watch);
        Vcpu vcpu = Build(xen, "ring1");
        ulong stack = vcpu.Cpu[Gpr.Rsp] - (PageSize / 2), behind = (stack | (PageSize - 1)) + 1;
        Assert.True(vcpu.Cpu.TryTranslate(behind, AccessKind.Read, out ulong table, out _));
        Assert.Equal(0, Call(vcpu, UpdateMapping, behind, 0, 0, 2));
        ulong at = table + sizeof(ulong);
        Assert.Equal(0, Call(vcpu, updateDescriptor, (uint)at, at >> 32, flatCode1 & uint.MaxValue, flatCode1 >> 32));
        Assert.True(vcpu.TryWrite(stack - 512, (uint)(table >> 12)));
        Assert.Equal(0, Call(vcpu, setGdt, stack - 512, 512));
        ulong code = Begin(vcpu, [0xcd, 0x82], stack);
        SetHandler(vcpu, vector: 13, code + 2);
        vcpu.Cpu.SetSelector(SegmentRegister.Cs, own);
        (vcpu.Cpu[Gpr.Rax], vcpu.Cpu[Gpr.Rbx], vcpu.Cpu[Gpr.Rcx], vcpu.Cpu[Gpr.Rdx], vcpu.Cpu[Gpr.Rsi]) = (updateDescriptor, (uint)at, at >> 32, 0, 0);
        xen.Observer!.ContextSet(vcpu);
        xen.Run(vcpu.Domain, new() { Instructions = 10 });

        Assert.True(watch.Finding is null, Told(watch));
        Assert.Equal((code + 2, flat), (vcpu.Cpu.Rip, vcpu.Cpu.GetSelector(SegmentRegister.Cs)));
        Assert.Equal(stack - (4 * sizeof(uint)), vcpu.Cpu[Gpr.Rsp]);
    }

    /// <summary>A selector that Xen is to load may lie in a page of the LDT that is mapped, and audited, only for that.</summary>
    [Fact, Clause("PT-26")]
    public void A_selector_for_programs_may_be_the_first_use_of_its_page_of_the_LDT()
    {
        const ulong updateDescriptor = 10, setBase = 25, mmuext = 26, setLocalTable = 13, userSelector = 3, flatData = 0x00cf_f300_0000_ffff, itself = 0x7ff0;
        const ushort selector = 0xf;

        ModelWatch watch = new();
        using Xen xen = new(new() { MemoryFrames = 6144 }, watch);
        Vcpu vcpu = Build(xen, "selftest");
        ulong stack = vcpu.Cpu[Gpr.Rsp] - (PageSize / 2), behind = (stack | (PageSize - 1)) + 1, request = stack - 512;
        Assert.True(vcpu.Cpu.TryTranslate(behind, AccessKind.Read, out ulong table, out _));
        Assert.Equal(0, Call(vcpu, updateDescriptor, table + sizeof(ulong), flatData));
        Assert.Equal(0, Call(vcpu, UpdateMapping, behind, table | 5, 2));
        Assert.True(vcpu.TryWrite(request, setLocalTable) && vcpu.TryWrite(request + 8, behind) && vcpu.TryWrite(request + 16, 512UL));
        Assert.Equal(0, Call(vcpu, mmuext, request, 1, 0, itself));
        Begin(vcpu, [], stack);
        Assert.Equal(0, Call(vcpu, setBase, userSelector, selector));
        xen.Run(vcpu.Domain, new() { Instructions = 10 });

        Assert.True(watch.Finding is null, Told(watch));
        Assert.Equal(selector, vcpu.Cpu.GetSelector(SegmentRegister.Gs));
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
