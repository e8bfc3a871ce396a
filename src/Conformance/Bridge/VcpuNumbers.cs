using Implementation.Hypervisor;
using Model;

namespace Conformance.Bridge;

/// <summary>Which of the model's vCPUs a vCPU is: the model counts those of all domains in one row, domain by domain.</summary>
internal sealed class VcpuNumbers
{
    private readonly int[] _firstOfDomain;

    /// <param name="xen">the machine, with all the domains that it will have</param>
    public VcpuNumbers(Xen xen)
    {
        _firstOfDomain = new int[xen.Domains.Max(d => d.Id) + 1];
        foreach (Domain domain in xen.Domains)
        {
            _firstOfDomain[domain.Id] = Count;
            Count += domain.Vcpus.Length;
        }
    }

    /// <summary>vCPUs of all domains together.</summary>
    public int Count { get; }

    public VcpuId Of(Vcpu vcpu) => new(_firstOfDomain[vcpu.Domain.Id] + vcpu.Id);
}
