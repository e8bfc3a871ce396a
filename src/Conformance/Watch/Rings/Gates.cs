using Conformance.Bridge;
using Implementation.Cpu;
using Model;
using Model.Rings;
using Segments = Conformance.Bridge.Segments;

namespace Conformance.Watch.Rings;

/// <summary>Xen took a 32-bit guest through a call gate of its own.</summary>
[Clause("RG-10"), Clause("RG-11")]
internal static class Gates
{
    /// <param name="gate">the selector that the processor refused</param>
    public static void Explain(VcpuRings r, ushort gate)
    {
        int position = Segments.Position(gate);
        ushort cs = r.Cpu.GetSelector(SegmentRegister.Cs), ss = r.Cpu.GetSelector(SegmentRegister.Ss);
        int target = Segments.Position(cs), level = r.Read(cs) is { IsConforming: true } ? cs & 3 : r.World.LevelAt(r.V, target);
        if (r.Read(cs) is { IsConforming: true }) r.World.Conform(r.V, target, level);
        bool isInward = level < (int)r.S.Cpl[r.V].Value;
        ulong stack = isInward ? r.S.KernelStack[r.V].Value : r.S.Sp[r.V].Value, low = r.Cpu[Gpr.Rsp];
        r.Take(RingStep.ConsultGate, r.Steps.ConsultGate(r.V, position), gate);
        r.Take(RingStep.EnterGate, r.Steps.EnterGate(r.V, position, target, level, r.Cpu.Rip, stack, low), cs, r.Cpu.Rip);
        r.Trip.SetSelector(SegmentRegister.Cs, cs);
        r.Trip.Flags &= ~Emulations.Resume;
        if (isInward) r.Trip.SetSelector(SegmentRegister.Ss, r.Trip.KernelStackSelector);
        r.Same("ss behind a gate", r.Trip.Selector(SegmentRegister.Ss), ss);
    }
}
