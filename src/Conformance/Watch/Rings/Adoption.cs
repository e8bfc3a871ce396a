using Conformance.Bridge;
using Implementation.Cpu;
using Implementation.Hypervisor;
using Model;
using Segments = Conformance.Bridge.Segments;

namespace Conformance.Watch.Rings;

/// <summary>A vCPU's registers come from outside: from the builder, from vcpu_op, or from whoever plays the toolstack.</summary>
internal static class Adoption
{
    private const ulong Nested = 1 << 14;

    private const int Vectors = 256;

    /// <summary>The model takes the registers over as they are; the vCPU is in Xen, which has nothing to do for it.</summary>
    public static void Adopt(VcpuRings r)
    {
        (WatchedRings s, Processor cpu, int v) = (r.S, r.Cpu, r.V);
        s.InXen.Assign(true, true, v);
        s.Serving.Assign(true, false, v);
        s.Raised.Assign(true, false, v, null);
        s.Due.Assign(true, false, v, null);
        s.Entered.Assign(true, false, v, null);
        s.Ip.Assign(true, v, cpu.Rip);
        s.Sp.Assign(true, v, cpu[Gpr.Rsp]);
        s.Cpl.Assign(true, v, cpu.Cpl);
        s.InKernel.Assign(true, r.Vcpu.InKernelMode, v);
        s.OnKernelRoot.Assign(true, r.Vcpu.InKernelMode, v);
        s.Nested.Assign(true, (cpu.Rflags & Nested) != 0, v);
        s.Masked.Assign(true, r.Vcpu.Info.UpcallMask, v);
        s.KernelStack.Assign(true, v, r.Vcpu.KernelStackPointer);
        s.Iopl.Assign(true, v, r.Vcpu.Iopl);
        s.Code.Assign(true, false, v, null);
        s.Code.Assign(true, true, v, Segments.Position(cpu.GetSelector(SegmentRegister.Cs)));
        r.Trip.Begin(r.Vcpu);
        r.Trip.HasContext = true;
        r.Trip.KernelStackSelector = r.Vcpu.KernelStackSelector;
        foreach (SegmentRegister register in Enum.GetValues<SegmentRegister>()) r.Trip.SetSelector(register, cpu.GetSelector(register));
        Name(r);
    }

    /// <summary>The handlers and callbacks that came with a context.</summary>
    public static void AdoptEntries(VcpuRings r)
    {
        for (int n = 0; n < Vectors; n++)
        {
            TrapInfo trap = r.Vcpu.Traps[(byte)n];
            Adopt(r, n, trap.Selector, trap.Address, trap.Dpl, trap.MasksEvents);
        }

        Callbacks c = r.Vcpu.Callbacks;
        Adopt(r, (int)EntryPoint.Event, c.EventSelector, c.Event, 0, true);
        Adopt(r, (int)EntryPoint.Failsafe, c.FailsafeSelector, c.Failsafe, 0, c.FailsafeMasksEvents);
        Adopt(r, (int)EntryPoint.Syscall, 0, c.Syscall, 0, c.SyscallMasksEvents);
    }

    private static void Adopt(VcpuRings r, int entry, ushort selector, ulong address, int level, bool masks)
    {
        bool isNone = r.Is32 ? Segments.IsNull(selector) : address == 0;
        r.S.Handler.Assign(true, false, r.V, entry, null);
        if (!isNone) r.S.Handler.Assign(true, true, r.V, entry, address);
        r.S.OpenToUser.Assign(true, !isNone && (level == 3 || TrapCalls.IsOpenToAll(entry)), r.V, entry);
        r.S.OpenToKernel.Assign(true, !isNone && (level >= 1 || TrapCalls.IsOpenToAll(entry)), r.V, entry);
        r.S.Masking.Assign(true, masks, r.V, entry);
        r.Trip.SetHandlerCode(entry, selector);
    }

    /// <summary>Selectors of data that could not be loaded are null by now.</summary>
    [Clause("D-35")]
    private static void Name(VcpuRings r)
    {
        List<int> named = r.World.Named(r.V);
        foreach (int position in named) r.S.Data.Assign(true, false, r.V, position);
        named.Clear();
        foreach (SegmentRegister register in VcpuRings.Data)
        {
            ushort selector = r.Cpu.GetSelector(register);
            int position = Segments.Position(selector);
            if (Segments.IsNull(selector) || named.Contains(position)) continue;
            named.Add(position);
            r.S.Data.Assign(true, true, r.V, position);
        }
    }
}
