using Implementation.Cpu;

namespace Implementation.Hypervisor;

/// <summary>What the processor of one vCPU learns from the hypervisor.</summary>
internal sealed class VcpuBus(Vcpu vcpu) : IProcessorBus
{
    public CpuidLeaf Cpuid(uint leaf, uint subleaf) => CpuidPolicy.Answer(vcpu.Domain.Kind, leaf, subleaf);

    public bool TryReadDescriptor(ushort selector, out ulong descriptor) =>
        Descriptors.TryRead(vcpu, selector, out descriptor);

    public void TranslationCached(ulong root, ulong linear, ulong mfn, bool writable) =>
        vcpu.Domain.Xen.Observer?.TranslationCached(vcpu, root == vcpu.MonitorMfn ? vcpu.KernelRootMfn : root, linear, mfn, writable);
}
