using Conformance.Bridge;
using Implementation.Cpu;
using Implementation.Hypervisor;
using Model;
using Model.Rings;
using Segments = Conformance.Bridge.Segments;

namespace Conformance.Watch.Rings;

/// <summary>A processor is about to go on with guest code: nothing may be left to do, and both sides must have the vCPU in the same state.</summary>
[Clause("TR-15"), Clause("TR-16"), Clause("TR-17")]
internal static class Resuming
{
    private const ulong InterruptFlag = 1 << 9, Iopl = 3 << 12, Nested = 1 << 14, Virtual8086 = 1 << 17, TaskSwitched = 1 << 3, ClockDisabled = 1 << 2;

    private const ulong Control = 0x3f_7700 & ~Iopl;

    private const int FrameShift = 12;

    public static void Explain(VcpuRings r)
    {
        r.Schedule();
        if (r.Trip.Owed == Owed.Entry) Emulations.Explain(r, r.Cpu.Rip, r.Cpu[Gpr.Rsp], r.Vcpu.Info.UpcallMask);
        if (r.Trip.Owed == Owed.Hypercall) r.Differ("hypercall", "carried out", "nothing");
        r.Trip.Owed = Owed.Nothing;
        DescriptorCalls.Forget(r);
        Unload(r);
        Leave(r);
        Compare(r);
    }

    /// <summary>Data selectors that cannot be loaded Xen replaces by null ones; by no others.</summary>
    private static void Unload(VcpuRings r)
    {
        bool hasChanged = false;
        foreach (SegmentRegister register in VcpuRings.Data)
        {
            ushort selector = r.Cpu.GetSelector(register), was = r.Trip.Selector(register);
            if (selector == was) continue;
            if (!Segments.IsNull(selector)) r.Differ($"{register}", $"0x{was:x}, or none", $"0x{selector:x}");
            r.Trip.SetSelector(register, selector);
            hasChanged = true;
        }

        if (hasChanged) Selectors.Drop(r);
    }

    private static void Leave(VcpuRings r)
    {
        int position = r.World.CodeOf(r.V);
        DescriptorFacts code = r.Read(r.Trip.Selector(SegmentRegister.Cs));
        int cpl = (int)r.S.Cpl[r.V].Value;
        if (code.IsConforming && code.Level <= cpl) r.World.Conform(r.V, position, cpl);
        if (r.Trip.IsFast && r.Try(RingStep.LeaveFast, r.Steps.LeaveFast(r.V, r.V), r.S.Ip[r.V].Value)) return;
        r.Take(RingStep.Leave, r.Steps.Leave(r.V, r.V, position), r.S.Ip[r.V].Value);
    }

    private static void Compare(VcpuRings r)
    {
        (WatchedRings s, Processor cpu, int v) = (r.S, r.Cpu, r.V);
        ulong flags = cpu.Rflags;
        r.Same("rip", s.Ip[v].Value, cpu.Rip);
        r.Same("rsp", s.Sp[v].Value, cpu[Gpr.Rsp]);
        r.Same("privilege level", s.Cpl[v].Value, (ulong)cpu.Cpl);
        r.Same("cs", r.Trip.Selector(SegmentRegister.Cs), cpu.GetSelector(SegmentRegister.Cs));
        r.Same("ss", r.Trip.Selector(SegmentRegister.Ss), cpu.GetSelector(SegmentRegister.Ss));
        r.Same("64-bit code", s.Long[v], cpu.RunsCode64);
        r.Same("kernel mode", s.InKernel[v], r.Vcpu.InKernelMode);
        r.Same("IF", s.Interruptible[v], (flags & InterruptFlag) != 0);
        r.Same("IOPL", s.RealIopl[v], (flags & Iopl) != 0);
        r.Same("VM", s.Virtual8086[v], (flags & Virtual8086) != 0);
        r.Same("NT", s.Nested[v], (flags & Nested) != 0);
        r.Same("control flags", r.Trip.Flags & Control, flags & Control);
        r.Same("event mask", s.Masked[v], r.Vcpu.Info.UpcallMask);
        r.Same("kernel stack", s.KernelStack[v].Value, r.Vcpu.KernelStackPointer);
        r.Same("ports open to", s.Iopl[v].Value, (ulong)r.Vcpu.Iopl);
        r.Same("floating point on", s.Lit[v, RingWorld.Floating], (cpu.Cr0 & TaskSwitched) == 0);
        r.Same("time-stamp counter on", s.Lit[v, RingWorld.Clock], (cpu.Cr4 & ClockDisabled) == 0);
        if (!r.Is32) r.Same("root", s.OnKernelRoot[v] ? r.Vcpu.KernelRootMfn : r.Vcpu.UserRootMfn, cpu.Cr3 >> FrameShift);
    }
}
