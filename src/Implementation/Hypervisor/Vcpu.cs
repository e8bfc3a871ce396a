using Implementation.Cpu;

namespace Implementation.Hypervisor;

/// <summary>One virtual processor of a domain.</summary>
public sealed partial class Vcpu(Domain domain, int id, Processor cpu)
{
    public Domain Domain { get; } = domain;

    public int Id { get; } = id;

    public Processor Cpu { get; } = cpu;

    /// <summary>Guest kernel mode, a flag of Xen's: a pv64 kernel and its applications both run at CPL 3.</summary>
    public bool InKernelMode { get; internal set; } = true;

    /// <summary>The root in use in kernel mode.</summary>
    public ulong KernelRootMfn { get; internal set; }

    /// <summary>The root in use in user mode; 0 while there is none.</summary>
    public ulong UserRootMfn { get; internal set; }

    /// <summary>Loads CR3 for the current mode, which flushes the TLB.</summary>
    internal void LoadRoot() => Cpu.Cr3 = (InKernelMode ? KernelRootMfn : UserRootMfn) << 12;

    /// <summary>Copies from guest memory under the current tables; false where Xen answers -EFAULT.</summary>
    public bool TryRead(ulong linear, Span<byte> to) => throw new NotSupportedException();

    /// <summary>Copies to guest memory under the current tables; false where Xen answers -EFAULT.</summary>
    public bool TryWrite(ulong linear, ReadOnlySpan<byte> from) => throw new NotSupportedException();

    public bool TryRead<T>(ulong linear, out T value) where T : unmanaged => throw new NotSupportedException();

    public bool TryWrite<T>(ulong linear, T value) where T : unmanaged => throw new NotSupportedException();
}
