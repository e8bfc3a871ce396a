using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>A guest's bitmap of its vCPUs (vcpumask_to_pcpumask(), xen/arch/x86/mm.c).</summary>
internal static class VcpuMask
{
    /// <param name="v">the caller</param>
    /// <param name="address">linear address of the bitmap, 64 vCPUs a word; untrusted</param>
    /// <param name="named">the vCPUs whose bits are set</param>
    /// <returns>false where Xen finds -EFAULT</returns>
    public static bool TryRead(Vcpu v, ulong address, out IReadOnlyList<Vcpu> named)
    {
        List<Vcpu> found = [];
        named = found;
        for (int first = 0; first < v.Domain.Vcpus.Length; first += 64)
        {
            if (!v.TryRead(address + ((ulong)first / 8), out ulong word)) return false;

            found.AddRange(v.Domain.Vcpus.Skip(first).Take(64).Where(target => (word >> (target.Id % 64) & 1) != 0));
        }

        return true;
    }
}
