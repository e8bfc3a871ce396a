using Implementation.Cpu;

namespace Implementation.Hypervisor;

/// <summary>What a guest kernel is entered for.</summary>
/// <param name="Entry">which entry point of it</param>
/// <param name="Handler">address of the handler; 0 in pv64, and a null selector of a 32-bit domain, crash the domain</param>
/// <param name="MasksEvents">as an interrupt gate: events are masked on entry</param>
/// <param name="Cause">for the crash reason</param>
/// <param name="ErrorCode">pushed if the vector has one</param>
/// <param name="Selector">of the handler's code, in a 32-bit domain</param>
internal readonly record struct Bounce(
    EntryPoint Entry, ulong Handler, bool MasksEvents, string Cause, uint? ErrorCode = null, ushort Selector = 0);

/// <summary>The frame through which a guest kernel is entered, whatever for; here that of a pv64 one.</summary>
/// <remarks>Facts: create_bounce_frame in xen/arch/x86/x86_64/entry.S; spec of the layout in pv-abi 4.2.</remarks>
internal static class BounceFrame
{
    /// <summary>What the processor clears as it goes through a gate (SDM Vol. 3A, 6.12.1.2).</summary>
    public const ulong ClearedFlags =
        RflagsBits.Trap | RflagsBits.NestedTask | RflagsBits.Resume | RflagsBits.Virtual8086 | RflagsBits.AlignmentCheck;

    /// <summary>Leaves the interrupted context on the guest's kernel stack and enters the handler.</summary>
    public static void Push(Vcpu vcpu, in Bounce bounce) =>
        Push(vcpu, bounce, vcpu.Cpu.GetSelector(SegmentRegister.Cs), vcpu.Cpu.GetSelector(SegmentRegister.Ss));

    /// <summary>The same for a context whose selectors could not be loaded.</summary>
    public static void Push(Vcpu vcpu, in Bounce bounce, ushort cs, ushort ss)
    {
        bool hasHandler = vcpu.Domain.Is32Bit ? bounce.Selector > 3 : bounce.Handler != 0;
        if (!hasHandler)
        {
            vcpu.Domain.Crash($"{Context(vcpu)}: {bounce.Cause} has no handler");
            return;
        }

        if (vcpu.Domain.Is32Bit) BounceFrame32.Push(vcpu, bounce, cs, ss);
        else Push64(vcpu, bounce, cs, ss);
    }

    /// <summary>Where the guest was, for a crash reason.</summary>
    public static string Context(Vcpu vcpu) =>
        $"vCPU {vcpu.Id} in {(vcpu.InKernelMode ? "kernel" : "user")} mode at rip 0x{vcpu.Cpu.Rip:x}";

    private static void Push64(Vcpu vcpu, in Bounce bounce, ushort cs, ushort ss)
    {
        Processor cpu = vcpu.Cpu;
        bool wasKernel = vcpu.InKernelMode;
        bool wasMasked = vcpu.Info.UpcallMask;
        ulong interrupted = cpu[Gpr.Rsp], from = cpu.Rip;
        ulong top = (wasKernel ? interrupted : vcpu.KernelStackPointer) & ~0xfUL;

        Span<ulong> frame = stackalloc ulong[8];
        int n = 0;
        frame[n++] = cpu[Gpr.Rcx];
        frame[n++] = cpu[Gpr.R11];
        if (bounce.ErrorCode is { } code) frame[n++] = code;
        frame[n++] = from;
        // RPL 0 in the saved CS is how a guest kernel knows that it interrupted itself.
        frame[n++] = cs & (wasKernel ? ~3UL : ~0UL) | (wasMasked ? 1UL << 32 : 0);
        frame[n++] = SavedFlags(vcpu, wasMasked);
        frame[n++] = interrupted;
        frame[n++] = ss;

        vcpu.SwitchMode(toKernel: true);
        ulong bottom = unchecked(top - (ulong)n * sizeof(ulong));
        if (!vcpu.TryWrite(bottom, System.Runtime.InteropServices.MemoryMarshal.AsBytes(frame[..n])))
        {
            vcpu.Domain.Crash($"vCPU {vcpu.Id} at rip 0x{from:x}: the kernel stack at 0x{top:x} cannot take {bounce.Cause}");
            return;
        }

        if (bounce.MasksEvents) vcpu.Info.UpcallMask = true;
        cpu[Gpr.Rsp] = bottom;
        cpu.Rip = bounce.Handler;
        cpu.SetSelector(SegmentRegister.Cs, Layout.FlatCode64);
        cpu.SetSelector(SegmentRegister.Ss, Layout.FlatData);
        cpu.Rflags &= ~ClearedFlags;
        vcpu.Domain.Xen.Observer?.FramePushed(vcpu, bounce.Entry, bottom);
    }

    /// <summary>IF mirrors the event mask; IOPL shows only to a guest that asked for the architectural one.</summary>
    public static ulong SavedFlags(Vcpu vcpu, bool wasMasked)
    {
        ulong flags = vcpu.Cpu.Rflags & ~(RflagsBits.InterruptEnable | RflagsBits.Iopl);
        if (!wasMasked) flags |= RflagsBits.InterruptEnable;
        if (vcpu.Domain.Assists.HasFlag(VmAssist.ArchitecturalIopl)) flags |= (ulong)vcpu.Iopl << 12;
        return flags;
    }
}
