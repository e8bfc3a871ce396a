using Implementation.Cpu;
using Implementation.Hypervisor;

namespace Conformance.Watch;

/// <summary>Keeps what an observer throws from going through the hypervisor: the run ends, and then it is told.</summary>
/// <remarks>Called several times in every request, so each event is passed on as it is, without a closure of its arguments.</remarks>
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
            if (Failure is null) inner.DomainBuilt(domain);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void HypercallEntering(Vcpu caller, in HypercallRegisters call)
    {
        try
        {
            if (Failure is null) inner.HypercallEntering(caller, call);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void HypercallLeft(Vcpu caller, in HypercallRegisters call, long answer)
    {
        try
        {
            if (Failure is null) inner.HypercallLeft(caller, call, answer);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void ElementEntering(Vcpu caller, in HypercallRegisters call, ulong address)
    {
        try
        {
            if (Failure is null) inner.ElementEntering(caller, call, address);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void ElementLeft(Vcpu caller, in HypercallRegisters call, long answer)
    {
        try
        {
            if (Failure is null) inner.ElementLeft(caller, call, answer);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void RequestPaused()
    {
        try
        {
            if (Failure is null) inner.RequestPaused();
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void RequestResuming()
    {
        try
        {
            if (Failure is null) inner.RequestResuming();
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void EntryEmulating(Vcpu caller, ulong tableMfn, int slot, ulong newValue)
    {
        try
        {
            if (Failure is null) inner.EntryEmulating(caller, tableMfn, slot, newValue);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void EntryEmulated(Vcpu caller, ulong tableMfn, int slot, ulong newValue, bool accepted)
    {
        try
        {
            if (Failure is null) inner.EntryEmulated(caller, tableMfn, slot, newValue, accepted);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void LdtPageMapping(Vcpu vcpu, int page, ulong mfn)
    {
        try
        {
            if (Failure is null) inner.LdtPageMapping(vcpu, page, mfn);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void LdtPageMapped(Vcpu vcpu, int page, ulong mfn, bool accepted)
    {
        try
        {
            if (Failure is null) inner.LdtPageMapped(vcpu, page, mfn, accepted);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void RootEmulating(Vcpu caller, ulong mfn)
    {
        try
        {
            if (Failure is null) inner.RootEmulating(caller, mfn);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void RootEmulated(Vcpu caller, ulong mfn, long answer)
    {
        try
        {
            if (Failure is null) inner.RootEmulated(caller, mfn, answer);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void TranslationCached(Vcpu vcpu, ulong rootMfn, ulong linear, ulong mfn, bool writable)
    {
        try
        {
            if (Failure is null) inner.TranslationCached(vcpu, rootMfn, linear, mfn, writable);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void ModeSwitched(Vcpu vcpu, bool toKernel)
    {
        try
        {
            if (Failure is null) inner.ModeSwitched(vcpu, toKernel);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void GuestLeft(Vcpu vcpu, in CpuExit exit)
    {
        try
        {
            if (Failure is null) inner.GuestLeft(vcpu, exit);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void FramePushed(Vcpu vcpu, EntryPoint entry, ulong bottom)
    {
        try
        {
            if (Failure is null) inner.FramePushed(vcpu, entry, bottom);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void ContextSet(Vcpu vcpu)
    {
        try
        {
            if (Failure is null) inner.ContextSet(vcpu);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void GuestResuming(Vcpu vcpu)
    {
        try
        {
            if (Failure is null) inner.GuestResuming(vcpu);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void FrameTouched(ulong mfn)
    {
        try
        {
            if (Failure is null) inner.FrameTouched(mfn);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    public void DomainEnded(Domain domain, string reason)
    {
        try
        {
            if (Failure is null) inner.DomainEnded(domain, reason);
        }
        catch (Exception e)
        {
            Keep(e);
        }
    }

    private void Keep(Exception e)
    {
        Failure = e;
        _xen?.Stop(StopReason.Requested);
    }
}
