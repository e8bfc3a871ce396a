using Implementation.Cpu;
using Implementation.Hypervisor;

namespace Implementation.Tests.Sensitive;

/// <summary>Everything that an instruction of the list may change, by its name.</summary>
internal sealed class SensitiveState
{
    private readonly List<(string Name, ulong Value)> _values = [];

    public static SensitiveState Of(Vcpu vcpu)
    {
        SensitiveState state = new();
        (Processor cpu, ControlRegisters control) = (vcpu.Cpu, vcpu.Control);
        foreach (Gpr register in Enum.GetValues<Gpr>()) state.Add(register.ToString().ToUpperInvariant(), cpu[register]);
        state.Add("RFLAGS", cpu.Rflags);
        foreach (SegmentRegister register in Enum.GetValues<SegmentRegister>()) state.Add(register.ToString().ToUpperInvariant(), cpu.GetSelector(register));
        state.Add("FS base", cpu.FsBase);
        state.Add("GS base", cpu.GsBase);
        state.Add("the other mode's GS base", vcpu.OtherGsBase);
        state.Add("CR0", cpu.Cr0);
        state.Add("CR2", control.Cr2);
        state.Add("CR4", control.Cr4);
        for (int i = 0; i < 8; i++) state.Add($"DR{i}", control.Debug[i]);
        state.Add("root", vcpu.KernelRootMfn);
        state.Add("translations", cpu.CachedTranslations().Any() ? 1UL : 0);
        state.Add("port 0xcf8", vcpu.Domain.PciAddress);
        state.Add("event mask", vcpu.Info.UpcallMask ? 1UL : 0);
        state.Add("memory", Word(vcpu, SensitiveGuest.Buffer));
        state.Add("memory + 8", Word(vcpu, SensitiveGuest.Buffer + 8));
        state.Add("stack", Word(vcpu, cpu[Gpr.Rsp]));
        return state;
    }

    /// <summary>Each as "name = value".</summary>
    public string[] ChangesSince(SensitiveState before) =>
        [.. _values.Zip(before._values).Where(pair => pair.First != pair.Second).Select(pair => $"{pair.First.Name} = 0x{pair.First.Value:x}")];

    private static ulong Word(Vcpu vcpu, ulong linear) => vcpu.TryRead(linear, out ulong value) ? value : 0;

    private void Add(string name, ulong value) => _values.Add((name, value));
}
