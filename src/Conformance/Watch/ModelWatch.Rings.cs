using Conformance.Watch.Rings;
using Implementation.Cpu;
using Implementation.Hypervisor;
using Model.Rings;
using Model.Rings.Faults;

namespace Conformance.Watch;

/// <summary>Ring protection, which has a model of its own.</summary>
public sealed partial class ModelWatch
{
    private RingWatch? _rings;

    /// <summary>Ring protection is watched too. Where hypercalls are called without guest code, nothing leaves a processor, and it is not.</summary>
    public bool WatchesRings { get; init; } = true;

    /// <summary>A mistake that the model of ring protection makes; null for none.</summary>
    public RingFault? RingFault { get; init; }

    /// <summary>The steps of ring protection that were taken since this was last emptied.</summary>
    internal RingStepSet RingsTaken
    {
        get => _rings?.Ledger.Taken ?? default;
        set
        {
            if (_rings is { } rings) rings.Ledger.Taken = value;
        }
    }

    public void GuestLeft(Vcpu vcpu, in CpuExit exit)
    {
        if (!IsActive || _rings is not { } rings) return;
        rings.GuestLeft(vcpu, exit);
        JudgeRings(rings);
    }

    public void FramePushed(Vcpu vcpu, EntryPoint entry, ulong bottom)
    {
        if (!IsActive || _rings is not { } rings) return;
        rings.FramePushed(vcpu, entry, bottom);
        JudgeRings(rings);
    }

    public void ContextSet(Vcpu vcpu)
    {
        if (IsActive) _rings?.ContextSet(vcpu);
    }

    private void LdtPageTaken(Vcpu vcpu, int page, ulong mfn)
    {
        if (!IsActive || _rings is not { } rings) return;
        rings.LdtPageMapped(vcpu, page, mfn);
        JudgeRings(rings);
    }

    public void GuestResuming(Vcpu vcpu)
    {
        if (!IsActive || _rings is not { } rings) return;
        rings.GuestResuming(vcpu);
        JudgeRings(rings);
    }

    public void DomainEnded(Domain domain, string reason)
    {
        if (!IsActive || _rings is not { } rings) return;
        rings.DomainEnded(domain);
        JudgeRings(rings);
    }

    private void JudgeRings(RingWatch rings)
    {
        if (Finding is null && rings.Ledger.HasFound) Found(rings.Ledger.Find());
    }
}
