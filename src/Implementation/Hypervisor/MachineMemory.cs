namespace Implementation.Hypervisor;

/// <summary>The allocator of machine frames; hands them out in an order that the seed decides.</summary>
public sealed partial class MachineMemory(Xen xen)
{
    /// <summary>A zeroed frame of Xen's own (owner DOMID_XEN).</summary>
    public ulong AllocateXenFrame() => throw new NotSupportedException($"{xen}");

    /// <summary>A zeroed frame for <paramref name="domain"/>, or false when memory or the domain's allowance is used up.</summary>
    public bool TryAllocate(Domain domain, out ulong mfn) => throw new NotSupportedException();

    /// <summary>A zeroed Xen-heap frame shared read-write with <paramref name="domain"/> (shared_info, grant frames).</summary>
    public ulong AllocateShared(Domain domain) => throw new NotSupportedException();
}
