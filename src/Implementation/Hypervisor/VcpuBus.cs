using Implementation.Cpu;

namespace Implementation.Hypervisor;

/// <summary>What the processor of one vCPU learns from the hypervisor.</summary>
internal sealed class VcpuBus(Vcpu vcpu) : IProcessorBus
{
    private ulong? _absent;

    public CpuidLeaf Cpuid(uint leaf, uint subleaf) => CpuidPolicy.Answer(vcpu.Domain.Kind, leaf, subleaf);

    public bool TryReadDescriptor(ushort selector, out ulong descriptor) =>
        Descriptors.TryRead(vcpu, selector, out descriptor, out _absent);

    /// <summary>At which Xen would have mapped it: the page fault that follows is where Xen does (TrapEntry).</summary>
    public ulong? AbsentDescriptor => _absent;

    public ushort LocalTableSelector => vcpu.Ldt.Entries == 0 ? (ushort)0 : Layout.LocalTableSelector;

    public void TranslationCached(ulong root, ulong linear, ulong mfn, bool writable) =>
        vcpu.Domain.Xen.Observer?.TranslationCached(vcpu, root == vcpu.MonitorMfn ? vcpu.KernelRootMfn : root, linear, mfn, writable);
}
