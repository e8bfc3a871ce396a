using System.Runtime.InteropServices;
using Implementation.Cpu;

namespace Implementation.Hypervisor;

/// <summary>The frame through which a 32-bit guest kernel is entered: that of a hardware interrupt gate to ring 1.</summary>
/// <remarks>Facts: compat_create_bounce_frame, xen/arch/x86/x86_64/compat/entry.S.</remarks>
internal static class BounceFrame32
{
    private const int MaskShift = 16;

    /// <summary>Leaves the interrupted context on the guest's kernel stack and enters the handler.</summary>
    /// <param name="vcpu">its other registers are those of the context</param>
    /// <param name="bounce">what for</param>
    /// <param name="cs">of the context; on a way out that failed, not loaded</param>
    /// <param name="ss">likewise</param>
    public static void Push(Vcpu vcpu, in Bounce bounce, ushort cs, ushort ss)
    {
        Processor cpu = vcpu.Cpu;
        bool wasKernel = (cs & 2) == 0;
        uint interrupted = (uint)cpu[Gpr.Rsp], from = (uint)cpu.Rip;
        (ushort stack, uint top) = wasKernel ? (ss, interrupted) : (vcpu.KernelStackSelector, (uint)vcpu.KernelStackPointer);

        Span<uint> frame = stackalloc uint[6];
        int n = 0;
        bool wasMasked = vcpu.Info.UpcallMask;
        if (bounce.ErrorCode is { } code) frame[n++] = code;
        frame[n++] = from;
        frame[n++] = cs | (wasMasked ? 1u << MaskShift : 0);
        frame[n++] = (uint)BounceFrame.SavedFlags(vcpu, wasMasked);
        if (!wasKernel) (frame[n++], frame[n++]) = (interrupted, ss);

        uint bottom = top - (uint)(n * sizeof(uint));
        ulong linear = (ulong)Descriptors.Read(vcpu, stack).Base + bottom;
        if (!Descriptors.IsData(vcpu, stack, cpl: 0) || !vcpu.TryWrite(linear, MemoryMarshal.AsBytes(frame[..n])))
        {
            vcpu.Domain.Crash($"vCPU {vcpu.Id} at eip 0x{from:x}: the kernel stack at 0x{stack:x}:0x{top:x} cannot take {bounce.Cause}");
            return;
        }

        if (bounce.MasksEvents) vcpu.Info.UpcallMask = true;
        // Xen would go on to the failsafe callback, whose own frame comes to grief the same way.
        if (!GuestEntry.TryLoad(vcpu, bounce.Selector, stack, (uint)bounce.Handler))
        {
            vcpu.Domain.Crash($"vCPU {vcpu.Id} at eip 0x{from:x}: the handler of {bounce.Cause} at 0x{bounce.Selector:x}:0x{bounce.Handler:x} cannot be entered");
            return;
        }

        cpu[Gpr.Rsp] = bottom;
        cpu.Rip = (uint)bounce.Handler;
        cpu.Rflags &= ~BounceFrame.ClearedFlags;
        vcpu.Domain.Xen.Observer?.FramePushed(vcpu, bounce.Entry, bottom);
    }
}
