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
        try
        {
            inner.DomainBuilt(domain);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    public void HypercallEntering(Vcpu caller, in HypercallRegisters call)
    {
        if (Failure is not null) return;
        try
        {
            inner.HypercallEntering(caller, call);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    public void HypercallLeft(Vcpu caller, in HypercallRegisters call, long answer)
    {
        if (Failure is not null) return;
        try
        {
            inner.HypercallLeft(caller, call, answer);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    public void ElementEntering(Vcpu caller, in HypercallRegisters call, ulong address)
    {
        if (Failure is not null) return;
        try
        {
            inner.ElementEntering(caller, call, address);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    public void ElementLeft(Vcpu caller, in HypercallRegisters call, long answer)
    {
        if (Failure is not null) return;
        try
        {
            inner.ElementLeft(caller, call, answer);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    public void EntryEmulating(Vcpu caller, ulong tableMfn, int slot, ulong newValue)
    {
        if (Failure is not null) return;
        try
        {
            inner.EntryEmulating(caller, tableMfn, slot, newValue);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    public void EntryEmulated(Vcpu caller, ulong tableMfn, int slot, ulong newValue, bool accepted)
    {
        if (Failure is not null) return;
        try
        {
            inner.EntryEmulated(caller, tableMfn, slot, newValue, accepted);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    public void TranslationCached(Vcpu vcpu, ulong rootMfn, ulong linear, ulong mfn, bool writable)
    {
        if (Failure is not null) return;
        try
        {
            inner.TranslationCached(vcpu, rootMfn, linear, mfn, writable);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    public void ModeSwitched(Vcpu vcpu, bool toKernel)
    {
        if (Failure is not null) return;
        try
        {
            inner.ModeSwitched(vcpu, toKernel);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    public void FrameTouched(ulong mfn) => inner.FrameTouched(mfn);

    public void DomainEnded(Domain domain, string reason) => inner.DomainEnded(domain, reason);

    private void Fail(Exception e)
    {
        Failure ??= e;
        _xen?.Stop(StopReason.Requested);
    }
}
