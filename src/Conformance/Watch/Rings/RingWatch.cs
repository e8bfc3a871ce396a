using Conformance.Bridge;
using Implementation.Cpu;
using Implementation.Hypervisor;
using Model.Rings;
using Model.Rings.Faults;
using Segments = Conformance.Bridge.Segments;

namespace Conformance.Watch.Rings;

/// <summary>Runs the model of ring protection beside every vCPU: whatever happens to one must be what the model's steps make of it.</summary>
/// <remarks>
/// Where a guest runs on processors, each of its ways out of guest code and back is followed. A hypercall that nobody left guest code
/// for, called directly, begins with the state as it is and leaves the vCPU in Xen.
/// </remarks>
internal sealed class RingWatch
{
    private readonly RingLedger _ledger = new();
    private readonly VcpuRings[][] _vcpus;
    private readonly RingClaims[][] _claims;

    /// <param name="xen">the machine, with all its domains built</param>
    /// <param name="fault">a mistake that the model makes, or null</param>
    public RingWatch(Xen xen, RingFault? fault)
    {
        _vcpus = [.. xen.Domains.Select(domain => Rings(domain, fault))];
        _claims = [.. _vcpus.Select(rings => rings.Select(r => new RingClaims(r)).ToArray())];
        foreach (VcpuRings r in _vcpus.SelectMany(rings => rings))
        {
            if (r.Vcpu.KernelRootMfn != 0) Adoption.Adopt(r);
        }
    }

    public RingLedger Ledger => _ledger;

    public void GuestLeft(Vcpu vcpu, in CpuExit exit) => Leaving.Explain(Of(vcpu), exit);

    public void FramePushed(Vcpu vcpu, EntryPoint entry, ulong bottom)
    {
        VcpuRings r = Of(vcpu);
        if (!r.Trip.HasContext) return; // Of a context that vcpu_op is only just giving it.
        r.Schedule();
        Frames.Explain(r, entry, bottom);
    }

    /// <summary>The registers are what they are; that they are lawful the invariants say, and the step by which the vCPU goes on.</summary>
    public void ContextSet(Vcpu vcpu)
    {
        VcpuRings r = Of(vcpu);
        bool isFirst = !r.Trip.HasContext;
        Adoption.Adopt(r);
        r.Trip.IsContextNew = true;
        if (!isFirst) return;
        Adoption.AdoptEntries(r);
        DescriptorCalls.Begin(r, vcpu.GdtFrames);
    }

    public void HypercallEntering(Vcpu caller, in HypercallRegisters call)
    {
        VcpuRings r = Of(caller);
        r.Schedule();
        RingCalls.Enter(r, call);
    }

    public void HypercallLeft(Vcpu caller, in HypercallRegisters call, long answer)
    {
        if (call.Number == Abi.Iret) Claims(caller).Check();
        RingCalls.Leave(Of(caller), call, answer);
    }

    public void StoreEmulating(Vcpu vcpu) => Of(vcpu).Trip.IsStoreEmulated = true;

    public void LdtPageMapped(Vcpu vcpu, int page, ulong mfn)
    {
        VcpuRings r = Of(vcpu);
        r.Schedule();
        DescriptorCalls.Map(r, page, mfn);
    }

    public void GuestResuming(Vcpu vcpu)
    {
        Resuming.Explain(Of(vcpu));
        Claims(vcpu).Check();
    }

    public void DomainEnded(Domain domain)
    {
        if (domain.CrashReason is null) return;
        Endings.Explain([.. _vcpus[domain.Id - 1].Where(r => r.S.InXen[r.V] && !r.S.Current.Empty(null, r.V))]);
    }

    private VcpuRings Of(Vcpu vcpu) => _vcpus[vcpu.Domain.Id - 1][vcpu.Id];

    private RingClaims Claims(Vcpu vcpu) => _claims[vcpu.Domain.Id - 1][vcpu.Id];

    private VcpuRings[] Rings(Domain domain, RingFault? fault)
    {
        RingWorld world = new(domain, fault);
        VcpuRings[] rings = [.. domain.Vcpus.Select(vcpu => new VcpuRings(world, vcpu, _ledger))];
        world.Join(rings);
        return rings;
    }
}
