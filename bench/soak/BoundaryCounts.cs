using Conformance.Watch;
using Implementation.Cpu;
using Implementation.Hypervisor;

namespace SoakBench;

/// <summary>Counts what goes over the boundary between guest and hypervisor, and passes it on to the watch.</summary>
/// <remarks>An exception of the watch goes through the hypervisor: it is what a soak looks for.</remarks>
internal sealed class BoundaryCounts(ModelWatch? watch) : ForwardingObserver(watch)
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

    public override void RootEmulating(Vcpu caller, ulong mfn)
    {
        RootsEmulated++;
        base.RootEmulating(caller, mfn);
    }

    public override void GuestLeft(Vcpu vcpu, in CpuExit exit)
    {
        if (exit.Reason == ExitReason.Exception) _exceptions[exit.Vector]++;
        LastExit = (exit, vcpu.Cpu.GetSelector(SegmentRegister.Cs), vcpu.Cpu.Rip);
        base.GuestLeft(vcpu, exit);
    }

    public override void FramePushed(Vcpu vcpu, EntryPoint entry, ulong bottom)
    {
        FramesPushed++;
        base.FramePushed(vcpu, entry, bottom);
    }

    public override void TranslationCached(Vcpu vcpu, ulong rootMfn, ulong linear, ulong mfn, bool writable)
    {
        TlbFills++;
        base.TranslationCached(vcpu, rootMfn, linear, mfn, writable);
    }

    public override void ModeSwitched(Vcpu vcpu, bool toKernel)
    {
        ModeSwitches++;
        base.ModeSwitched(vcpu, toKernel);
    }
}
