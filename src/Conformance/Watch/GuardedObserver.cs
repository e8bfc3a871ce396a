using Implementation.Hypervisor;

namespace Conformance.Watch;

/// <summary>Keeps what an observer throws from going through the hypervisor: the run ends, and then it is told.</summary>
internal sealed class GuardedObserver(IHypervisorObserver inner) : IHypervisorObserver
{
    private Xen? _xen;

    /// <summary>The first exception; nothing is passed on after it.</summary>
    public Exception? Failure { get; private set; }

    public void DomainBuilt(Domain domain)
    {
        _xen = domain.Xen;
        Pass(domain, static (to, domain) => to.DomainBuilt(domain));
    }

    public void HypercallEntering(Vcpu caller, in HypercallRegisters call) =>
        Pass((caller, call), static (to, a) => to.HypercallEntering(a.caller, a.call));

    public void HypercallLeft(Vcpu caller, in HypercallRegisters call, long answer) =>
        Pass((caller, call, answer), static (to, a) => to.HypercallLeft(a.caller, a.call, a.answer));

    public void ElementEntering(Vcpu caller, in HypercallRegisters call, ulong address) =>
        Pass((caller, call, address), static (to, a) => to.ElementEntering(a.caller, a.call, a.address));

    public void ElementLeft(Vcpu caller, in HypercallRegisters call, long answer) =>
        Pass((caller, call, answer), static (to, a) => to.ElementLeft(a.caller, a.call, a.answer));

    public void RequestPaused() => Pass(0, static (to, _) => to.RequestPaused());

    public void RequestResuming() => Pass(0, static (to, _) => to.RequestResuming());

    public void EntryEmulating(Vcpu caller, ulong tableMfn, int slot, ulong newValue) =>
        Pass((caller, tableMfn, slot, newValue), static (to, a) => to.EntryEmulating(a.caller, a.tableMfn, a.slot, a.newValue));

    public void EntryEmulated(Vcpu caller, ulong tableMfn, int slot, ulong newValue, bool accepted) =>
        Pass(
            (caller, tableMfn, slot, newValue, accepted),
            static (to, a) => to.EntryEmulated(a.caller, a.tableMfn, a.slot, a.newValue, a.accepted));

    public void TranslationCached(Vcpu vcpu, ulong rootMfn, ulong linear, ulong mfn, bool writable) =>
        Pass(
            (vcpu, rootMfn, linear, mfn, writable),
            static (to, a) => to.TranslationCached(a.vcpu, a.rootMfn, a.linear, a.mfn, a.writable));

    public void ModeSwitched(Vcpu vcpu, bool toKernel) => Pass((vcpu, toKernel), static (to, a) => to.ModeSwitched(a.vcpu, a.toKernel));

    public void FrameTouched(ulong mfn) => Pass(mfn, static (to, mfn) => to.FrameTouched(mfn));

    public void DomainEnded(Domain domain, string reason) => Pass((domain, reason), static (to, a) => to.DomainEnded(a.domain, a.reason));

    private void Pass<T>(T what, Action<IHypervisorObserver, T> on)
    {
        if (Failure is not null) return;
        try
        {
            on(inner, what);
        }
        catch (Exception e)
        {
            Failure = e;
            _xen?.Stop(StopReason.Requested);
        }
    }
}
