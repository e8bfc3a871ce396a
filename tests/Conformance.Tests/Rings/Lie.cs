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
internal sealed class LyingObserver(IHypervisorObserver watch, Lie lie) : ForwardingObserver(watch)
{
    private int _chances;

    /// <summary>It has lied.</summary>
    public bool HasLied { get; private set; }

    public override void GuestLeft(Vcpu vcpu, in CpuExit exit)
    {
        if (lie.Left is { } left && IsTime(vcpu)) left(vcpu);
        base.GuestLeft(vcpu, exit);
    }

    public override void FramePushed(Vcpu vcpu, EntryPoint entry, ulong bottom)
    {
        bool lies = (lie.Framed is not null || lie.Entry is not null || lie.Bottom is not null) && IsTime(vcpu);
        if (lies) lie.Framed?.Invoke(vcpu, bottom, vcpu.Domain.Is32Bit ? sizeof(uint) : sizeof(ulong));
        EntryPoint told = lies && lie.Entry is { } other ? other(entry) : entry;
        if (told >= 0) base.FramePushed(vcpu, told, lies && lie.Bottom is { } moved ? moved(bottom) : bottom);
    }

    public override void GuestResuming(Vcpu vcpu)
    {
        if (lie.Resuming is { } resuming && IsTime(vcpu)) resuming(vcpu);
        base.GuestResuming(vcpu);
    }

    private bool IsTime(Vcpu vcpu)
    {
        if (HasLied || !lie.Where(vcpu) || _chances++ < lie.When) return false;
        HasLied = true;
        return true;
    }
}
