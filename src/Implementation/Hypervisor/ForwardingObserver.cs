using Implementation.Cpu;

namespace Implementation.Hypervisor;

/// <summary>Passes every event on to another observer: who stands in between overrides what interests him.</summary>
/// <param name="next">who is told; null for nobody</param>
public abstract class ForwardingObserver(IHypervisorObserver? next) : IHypervisorObserver
{
    protected IHypervisorObserver? Next => next;

    public virtual void DomainBuilt(Domain domain) => next?.DomainBuilt(domain);

    public virtual void HypercallEntering(Vcpu caller, in HypercallRegisters call) => next?.HypercallEntering(caller, call);

    public virtual void HypercallLeft(Vcpu caller, in HypercallRegisters call, long answer) => next?.HypercallLeft(caller, call, answer);

    public virtual void ElementEntering(Vcpu caller, in HypercallRegisters call, ulong address) => next?.ElementEntering(caller, call, address);

    public virtual void ElementLeft(Vcpu caller, in HypercallRegisters call, long answer) => next?.ElementLeft(caller, call, answer);

    public virtual void RequestPaused() => next?.RequestPaused();

    public virtual void RequestResuming() => next?.RequestResuming();

    public virtual void EntryEmulating(Vcpu caller, ulong tableMfn, int slot, ulong newValue) => next?.EntryEmulating(caller, tableMfn, slot, newValue);

    public virtual void EntryEmulated(Vcpu caller, ulong tableMfn, int slot, ulong newValue, bool accepted) =>
        next?.EntryEmulated(caller, tableMfn, slot, newValue, accepted);

    public virtual void LdtPageMapping(Vcpu vcpu, int page, ulong mfn) => next?.LdtPageMapping(vcpu, page, mfn);

    public virtual void LdtPageMapped(Vcpu vcpu, int page, ulong mfn, bool accepted) => next?.LdtPageMapped(vcpu, page, mfn, accepted);

    public virtual void RootEmulating(Vcpu caller, ulong mfn) => next?.RootEmulating(caller, mfn);

    public virtual void RootEmulated(Vcpu caller, ulong mfn, long answer) => next?.RootEmulated(caller, mfn, answer);

    public virtual void TranslationCached(Vcpu vcpu, ulong rootMfn, ulong linear, ulong mfn, bool writable) =>
        next?.TranslationCached(vcpu, rootMfn, linear, mfn, writable);

    public virtual void ModeSwitched(Vcpu vcpu, bool toKernel) => next?.ModeSwitched(vcpu, toKernel);

    public virtual void GuestLeft(Vcpu vcpu, in CpuExit exit) => next?.GuestLeft(vcpu, exit);

    public virtual void FramePushed(Vcpu vcpu, EntryPoint entry, ulong bottom) => next?.FramePushed(vcpu, entry, bottom);

    public virtual void ContextSet(Vcpu vcpu) => next?.ContextSet(vcpu);

    public virtual void GuestResuming(Vcpu vcpu) => next?.GuestResuming(vcpu);

    public virtual void FrameTouched(ulong mfn) => next?.FrameTouched(mfn);

    public virtual void DomainEnded(Domain domain, string reason) => next?.DomainEnded(domain, reason);
}
