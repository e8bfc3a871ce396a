using Model;

namespace Conformance.Bridge;

/// <summary>The state in which a vCPU is to start, as the guest wrote it: struct vcpu_guest_context (xen/include/public/arch-x86/xen.h).</summary>
/// <remarks>Read by the public header and independently of the hypervisor; only what memory isolation depends on, and what refuses it.</remarks>
internal abstract class GuestContext
{
    protected const int MostTraps = 256, MostLdtEntries = 8192, PageSize = 4096;

    /// <summary>Xen looks at the context any further.</summary>
    public abstract bool IsSound { get; }

    public abstract bool HasLdt { get; }

    public abstract bool StartsInKernel { get; }

    /// <summary>How many descriptors are asked for; more than there can be where the number is beyond 32 bits.</summary>
    public abstract uint Descriptors { get; }

    public IEnumerable<ulong> DescriptorFrames => Descriptors > Abi.FirstReservedDescriptor
        ? []
        : Enumerable.Range(0, (int)((Descriptors + Abi.DescriptorsPerPage - 1) / Abi.DescriptorsPerPage)).Select(DescriptorFrame);

    /// <summary>The root for its kernel.</summary>
    public abstract Mfn Kernel { get; }

    /// <summary>The root for user mode; frame 0 for none.</summary>
    public abstract Mfn User { get; }

    protected abstract ulong DescriptorFrame(int page);
}
