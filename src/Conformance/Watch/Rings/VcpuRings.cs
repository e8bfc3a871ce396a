using Conformance.Bridge;
using Implementation.Cpu;
using Implementation.Hypervisor;
using Model.Domains.Concrete;
using Model.Rings;

namespace Conformance.Watch.Rings;

/// <summary>Ring protection of one vCPU, on both sides.</summary>
internal sealed class VcpuRings(RingWorld world, Vcpu vcpu, RingLedger ledger)
{
    private static readonly SegmentRegister[] s_data = [SegmentRegister.Ds, SegmentRegister.Es, SegmentRegister.Fs, SegmentRegister.Gs];

    public RingWorld World => world;

    public WatchedRings S => world.State;

    public WatchedRingSteps Steps => world.Steps;

    public Vcpu Vcpu => vcpu;

    public Processor Cpu => vcpu.Cpu;

    public RingLedger Ledger => ledger;

    public Trip Trip { get; } = new();

    /// <summary>The number of the vCPU, and of its processor.</summary>
    public int V => vcpu.Id;

    public bool Is32 => world.Is32Bit;

    public bool InKernel => S.InKernel[V];

    /// <summary>DS, ES, FS and GS.</summary>
    public static ReadOnlySpan<SegmentRegister> Data => s_data;

    /// <summary>The vCPU has its processor, which takes over what is the vCPU's, if it had none.</summary>
    public void Schedule()
    {
        if (!S.Current.Empty(null, V)) return;

        Take(RingStep.Schedule, Steps.Schedule(V, V));
        for (int x = 0; x < RingWorld.Facilities; x++)
        {
            if (S.Enabled[V, x]) Take(RingStep.Light, Steps.Light(V, V, x), (ulong)x);
        }

        foreach (ulong address in world.Watched.Row((ulong)V)) Take(RingStep.Arm, Steps.Arm(V, V, address), address);
    }

    /// <summary>A step that explains what was seen. Where its guard is false, the hypervisor or the guest did what the model refuses.</summary>
    /// <returns>whether it happened</returns>
    public bool Take(RingStep step, Truth happened, ulong first = 0, ulong second = 0)
    {
        ledger.Note(step, vcpu, first, second);
        if (!happened) ledger.Differ($"{step} of d{vcpu.Domain.Id}v{V} at {S.Ip[V]}", $"refused ({RingLedger.ClauseOf(step)})", "done");
        return happened;
    }

    /// <summary>A step that may or may not happen: what is compared is what comes of it.</summary>
    public bool Try(RingStep step, Truth happened, ulong first = 0, ulong second = 0)
    {
        if (happened) ledger.Note(step, vcpu, first, second);
        return happened;
    }

    /// <summary>Holds a value of either side against the other's.</summary>
    public void Same(string what, ulong model, ulong implementation)
    {
        ledger.Comparisons++;
        if (model != implementation) ledger.Differ($"{what} of d{vcpu.Domain.Id}v{V}", $"0x{model:x}", $"0x{implementation:x}");
    }

    public void Same(string what, bool model, bool implementation)
    {
        ledger.Comparisons++;
        if (model != implementation) ledger.Differ($"{what} of d{vcpu.Domain.Id}v{V}", model ? "yes" : "no", implementation ? "yes" : "no");
    }

    /// <summary>Something that no step of the model explains.</summary>
    public void Differ(string what, string model, string implementation) => ledger.Differ($"{what} of d{vcpu.Domain.Id}v{V}", model, implementation);

    /// <summary>The descriptor that the vCPU's tables have for a selector.</summary>
    public DescriptorFacts Read(ushort selector) => Bridge.Segments.Read(vcpu, Trip.Descriptors, selector);

    /// <summary>Linear address of an offset into a segment.</summary>
    public ulong Linear(ushort selector, ulong offset) => Is32 ? (uint)(Read(selector).Base + offset) : offset;
}
