using Conformance.Watch;
using Implementation.Cpu;
using Implementation.Hypervisor;

namespace SoakBench;

/// <summary>Counts what goes over the boundary between guest and hypervisor, and passes it on to the watch.</summary>
/// <remarks>An exception of the watch goes through the hypervisor: it is what a soak looks for.</remarks>
internal sealed class BoundaryCounts(ModelWatch? watch) : IHypervisorObserver
{
    private readonly ulong[] _exceptions = new ulong[32];

    /// <summary>Exceptions that guest code raised, by vector.</summary>
    public ReadOnlySpan<ulong> Exceptions => _exceptions;

    /// <summary>How and where guest code was left last.</summary>
    public (CpuExit Exit, ushort Cs, ulong Rip) LastExit { get; private set; }

    /// <summary>Frames for a guest's kernel: exceptions and interrupts that it was told of, events, SYSCALLs of applications.</summary>
    public ulong FramesPushed { get; private set; }

    public ulong RootsEmulated { get; private set; }

    public ulong TlbFills { get; private set; }

    public ulong ModeSwitches { get; private set; }

    public void DomainBuilt(Domain domain) => watch?.DomainBuilt(domain);

    public void HypercallEntering(Vcpu caller, in HypercallRegisters call) => watch?.HypercallEntering(caller, call);

    public void HypercallLeft(Vcpu caller, in HypercallRegisters call, long answer) => watch?.HypercallLeft(caller, call, answer);

    public void ElementEntering(Vcpu caller, in HypercallRegisters call, ulong address) => watch?.ElementEntering(caller, call, address);

    public void ElementLeft(Vcpu caller, in HypercallRegisters call, long answer) => watch?.ElementLeft(caller, call, answer);

    public void RequestPaused() => watch?.RequestPaused();

    public void RequestResuming() => watch?.RequestResuming();

    public void EntryEmulating(Vcpu caller, ulong tableMfn, int slot, ulong newValue) => watch?.EntryEmulating(caller, tableMfn, slot, newValue);

    public void EntryEmulated(Vcpu caller, ulong tableMfn, int slot, ulong newValue, bool accepted) =>
        watch?.EntryEmulated(caller, tableMfn, slot, newValue, accepted);

    public void RootEmulating(Vcpu caller, ulong mfn)
    {
        RootsEmulated++;
        watch?.RootEmulating(caller, mfn);
    }

    public void RootEmulated(Vcpu caller, ulong mfn, long answer) => watch?.RootEmulated(caller, mfn, answer);

    public void LdtPageMapping(Vcpu vcpu, int page, ulong mfn) => watch?.LdtPageMapping(vcpu, page, mfn);

    public void LdtPageMapped(Vcpu vcpu, int page, ulong mfn, bool accepted) => watch?.LdtPageMapped(vcpu, page, mfn, accepted);

    public void GuestLeft(Vcpu vcpu, in CpuExit exit)
    {
        if (exit.Reason == ExitReason.Exception) _exceptions[exit.Vector]++;
        LastExit = (exit, vcpu.Cpu.GetSelector(SegmentRegister.Cs), vcpu.Cpu.Rip);
        watch?.GuestLeft(vcpu, exit);
    }

    public void FramePushed(Vcpu vcpu, EntryPoint entry, ulong bottom)
    {
        FramesPushed++;
        watch?.FramePushed(vcpu, entry, bottom);
    }

    public void ContextSet(Vcpu vcpu) => watch?.ContextSet(vcpu);

    public void GuestResuming(Vcpu vcpu) => watch?.GuestResuming(vcpu);

    public void TranslationCached(Vcpu vcpu, ulong rootMfn, ulong linear, ulong mfn, bool writable)
    {
        TlbFills++;
        watch?.TranslationCached(vcpu, rootMfn, linear, mfn, writable);
    }

    public void ModeSwitched(Vcpu vcpu, bool toKernel)
    {
        ModeSwitches++;
        watch?.ModeSwitched(vcpu, toKernel);
    }

    public void FrameTouched(ulong mfn) => watch?.FrameTouched(mfn);

    public void DomainEnded(Domain domain, string reason) => watch?.DomainEnded(domain, reason);
}
