using Implementation.Cpu;
using Implementation.Hypervisor;

namespace Conformance.Tests.Rings;

/// <summary>Something that is not so, told to a watch, or made so behind its back.</summary>
/// <param name="Name">of what is wrong</param>
/// <param name="When">after so many chances to tell it</param>
public sealed record Lie(string Name, int When = 3)
{
    /// <summary>Before the vCPU goes on: changes its registers, or what Xen keeps of it.</summary>
    public Action<Vcpu>? Resuming { get; init; }

    /// <summary>After it left guest code: the registers are not as guest code can make them.</summary>
    public Action<Vcpu>? Left { get; init; }

    /// <summary>After a frame was made: changes it in memory. The lowest address, and the bytes of a word.</summary>
    public Action<Vcpu, ulong, int>? Framed { get; init; }

    /// <summary>Tells of another entry point; less than 0 for none at all.</summary>
    public Func<EntryPoint, EntryPoint>? Entry { get; init; }

    /// <summary>Tells of another lowest address.</summary>
    public Func<ulong, ulong>? Bottom { get; init; }

    /// <summary>Only of entries like this.</summary>
    public Func<Vcpu, bool> Where { get; init; } = _ => true;

    public override string ToString() => Name;
}

/// <summary>Stands between a hypervisor and its watch, and lies once.</summary>
internal sealed class LyingObserver(IHypervisorObserver watch, Lie lie) : IHypervisorObserver
{
    private int _chances;

    /// <summary>It has lied.</summary>
    public bool HasLied { get; private set; }

    public void DomainBuilt(Domain domain) => watch.DomainBuilt(domain);

    public void HypercallEntering(Vcpu caller, in HypercallRegisters call) => watch.HypercallEntering(caller, call);

    public void HypercallLeft(Vcpu caller, in HypercallRegisters call, long answer) => watch.HypercallLeft(caller, call, answer);

    public void ElementEntering(Vcpu caller, in HypercallRegisters call, ulong address) => watch.ElementEntering(caller, call, address);

    public void ElementLeft(Vcpu caller, in HypercallRegisters call, long answer) => watch.ElementLeft(caller, call, answer);

    public void RequestPaused() => watch.RequestPaused();

    public void RequestResuming() => watch.RequestResuming();

    public void EntryEmulating(Vcpu caller, ulong tableMfn, int slot, ulong newValue) => watch.EntryEmulating(caller, tableMfn, slot, newValue);

    public void EntryEmulated(Vcpu caller, ulong tableMfn, int slot, ulong newValue, bool accepted) =>
        watch.EntryEmulated(caller, tableMfn, slot, newValue, accepted);

    public void RootEmulating(Vcpu caller, ulong mfn) => watch.RootEmulating(caller, mfn);

    public void RootEmulated(Vcpu caller, ulong mfn, long answer) => watch.RootEmulated(caller, mfn, answer);

    public void LdtPageMapping(Vcpu vcpu, int page, ulong mfn) => watch.LdtPageMapping(vcpu, page, mfn);

    public void LdtPageMapped(Vcpu vcpu, int page, ulong mfn, bool accepted) => watch.LdtPageMapped(vcpu, page, mfn, accepted);

    public void TranslationCached(Vcpu vcpu, ulong rootMfn, ulong linear, ulong mfn, bool writable) =>
        watch.TranslationCached(vcpu, rootMfn, linear, mfn, writable);

    public void ModeSwitched(Vcpu vcpu, bool toKernel) => watch.ModeSwitched(vcpu, toKernel);

    public void GuestLeft(Vcpu vcpu, in CpuExit exit)
    {
        if (lie.Left is { } left && IsTime(vcpu)) left(vcpu);
        watch.GuestLeft(vcpu, exit);
    }

    public void FramePushed(Vcpu vcpu, EntryPoint entry, ulong bottom)
    {
        bool lies = (lie.Framed is not null || lie.Entry is not null || lie.Bottom is not null) && IsTime(vcpu);
        if (lies) lie.Framed?.Invoke(vcpu, bottom, vcpu.Domain.Is32Bit ? sizeof(uint) : sizeof(ulong));
        EntryPoint told = lies && lie.Entry is { } other ? other(entry) : entry;
        if (told >= 0) watch.FramePushed(vcpu, told, lies && lie.Bottom is { } moved ? moved(bottom) : bottom);
    }

    public void ContextSet(Vcpu vcpu) => watch.ContextSet(vcpu);

    public void GuestResuming(Vcpu vcpu)
    {
        if (lie.Resuming is { } resuming && IsTime(vcpu)) resuming(vcpu);
        watch.GuestResuming(vcpu);
    }

    public void FrameTouched(ulong mfn) => watch.FrameTouched(mfn);

    public void DomainEnded(Domain domain, string reason) => watch.DomainEnded(domain, reason);

    private bool IsTime(Vcpu vcpu)
    {
        if (HasLied || !lie.Where(vcpu) || _chances++ < lie.When) return false;
        HasLied = true;
        return true;
    }
}
