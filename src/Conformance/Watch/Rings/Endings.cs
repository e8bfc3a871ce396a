using Conformance.Bridge;
using Implementation.Cpu;
using Implementation.Hypervisor;
using Model;
using Model.Rings;
using Segments = Conformance.Bridge.Segments;

namespace Conformance.Watch.Rings;

/// <summary>A domain was given up: there must have been a frame that could not be made, or one that could not be gone on with.</summary>
[Clause("TR-11")]
internal static class Endings
{
    private const int Debug = 1;

    /// <summary>Of the exceptions that a return may raise.</summary>
    private const int OfReturn = 13;

    private const ulong Trap = 1 << 8;

    /// <param name="rings">the vCPUs of the domain that Xen has on processors: it was for one of them</param>
    public static void Explain(IReadOnlyList<VcpuRings> rings)
    {
        if (rings.Count == 0 || rings[0].S.Crashed[rings[0].S.Home[rings[0].V]]) return; // The iret that began found it out.
        if (rings.Any(r => r.S.Serving[r.V])) return; // The guest's kernel said that it had crashed.

        Explain(rings.FirstOrDefault(IsCause) ?? rings[0]);
    }

    /// <summary>There is something that the vCPU's kernel was to be entered for, and it could not be.</summary>
    private static bool IsCause(VcpuRings r)
    {
        int entry = Due(r);
        if (entry < 0) return false;

        (ulong stack, ulong low) = Place(r, entry);
        return r.S.Handler.Empty(r.V, entry, null) || CannotBeMade(r, entry) || r.S.XensAddress[stack] || r.S.XensAddress[low];
    }

    private static void Explain(VcpuRings r)
    {
        // Xen may have carried the instruction out: then the vCPU is behind it, and it is what came next that had no frame.
        bool isPast = r.Trip is { Owed: Owed.Entry, VirtualFlags: null } && r.Cpu.Rip != r.S.Ip[r.V].Value;
        if (isPast) Emulations.Explain(r, r.Cpu.Rip, r.Cpu[Gpr.Rsp], r.Vcpu.Info.UpcallMask);
        int entry = isPast && (r.Trip.Flags & Trap) != 0 ? Debug : Due(r);
        if (entry < 0)
        {
            r.Differ("domain", "goes on", $"given up: {r.Vcpu.Domain.CrashReason}");
            return;
        }

        if (r.S.Raised.Empty(r.V, null)) r.Take(RingStep.Reflect, r.Steps.Reflect(r.V, entry), (ulong)entry);
        (ulong stack, ulong low) = Place(r, entry);
        r.Take(RingStep.Crash, r.Steps.Crash(r.V, entry, stack, low, CannotBeMade(r, entry)), (ulong)entry, low);
    }

    /// <summary>Where the frame's stack begins, and where the frame would.</summary>
    private static (ulong Stack, ulong Low) Place(VcpuRings r, int entry)
    {
        ulong stack = r.InKernel ? r.S.Sp[r.V].Value : r.S.KernelStack[r.V].Value;
        ulong size = (ulong)(BounceLayout.Words(r.Is32, entry, r.InKernel, Frames.HasErrorCode(r, entry)) * r.Vcpu.Domain.WordSize());
        return (stack, r.Is32 ? (uint)(stack - size) : unchecked((stack & ~0xfUL) - size));
    }

    /// <summary>What the kernel was to be entered for, or less than 0 for nothing.</summary>
    private static int Due(VcpuRings r) => r.Trip switch
    {
        { Owed: Owed.Entry } t => t.Entry,
        { IsContextNew: true } when !IsEventDue(r) || CannotBeMade(r, OfReturn) => OfReturn,
        _ when IsEventDue(r) => (int)EntryPoint.Event,
        { } t when (t.Flags & Trap) != 0 => Debug,
        _ => -1,
    };

    /// <summary>That events are masked the hypervisor may have written down before it found that it could not go on.</summary>
    private static bool IsEventDue(VcpuRings r) => r.Vcpu.Info.UpcallPending && !r.S.Masked[r.V];

    private static bool CannotBeMade(VcpuRings r, int entry)
    {
        (ulong stack, ulong low) = Place(r, entry);
        ushort code = r.Is32 ? r.Trip.HandlerCode(entry) : Segments.FlatCode64;
        ushort data = !r.Is32 ? Segments.FlatStack64 : r.InKernel ? r.Trip.Selector(SegmentRegister.Ss) : r.Trip.KernelStackSelector;
        DescriptorFacts c = r.Read(code), d = r.Read(data);
        bool isEnterable = c.IsCode && c.Level == (r.Is32 ? 1 : 3) && d.IsData && d.Level == (r.Is32 ? 1 : 3);
        // A 32-bit kernel has the level that its selectors name, and its stack must be of the same.
        if (r.Is32) isEnterable &= (code & 3) == 1 && (data & 3) == 1;
        return !isEnterable || Faults(r, r.Linear(data, low)) || Faults(r, r.Linear(data, stack - 1));
    }

    /// <summary>A store to the address faults; of one that is Xen's the model has its say.</summary>
    private static bool Faults(VcpuRings r, ulong linear) => !r.S.XensAddress[linear] && !GuestWalk.IsWritable(r.Vcpu, linear);
}
