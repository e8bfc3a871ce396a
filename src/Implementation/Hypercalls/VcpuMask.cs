using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>A guest's bitmap of its vCPUs (vcpumask_to_pcpumask(), xen/arch/x86/mm.c).</summary>
internal static class VcpuMask
{
    /// <param name="v">the caller</param>
    /// <param name="address">linear address of the bitmap, a word for as many vCPUs as it has bits; untrusted</param>
    /// <param name="named">the vCPUs whose bits are set</param>
    /// <returns>false where Xen finds -EFAULT</returns>
    public static bool TryRead(Vcpu v, ulong address, out IReadOnlyList<Vcpu> named)
    {
        List<Vcpu> found = [];
        named = found;
        int bits = v.Domain.Abi.WordBytes * 8;
        for (int first = 0; first < v.Domain.Vcpus.Length; first += bits)
        {
            if (!v.TryReadWord(address + ((ulong)first / 8), out ulong word)) return false;

            found.AddRange(v.Domain.Vcpus.Skip(first).Take(bits).Where(target => (word >> (target.Id % bits) & 1) != 0));
        }

        return true;
    }
}
