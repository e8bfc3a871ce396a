using Conformance.Scripts;
using Implementation.Hypervisor;

namespace Conformance.Simulation;

/// <summary>Where the program of a stage's domain lies in its kernel's address space.</summary>
/// <remarks>
/// The memory begins where it must so that what the toolstack's builder puts behind a kernel ends on the 4 MiB boundary that it would
/// otherwise pad to: a machine then has a few hundred frames and not thousands (<c>DomainLayout</c>).
/// </remarks>
internal sealed class StageLayout
{
    public const int PageSize = 4096;

    /// <summary>Pages of a vCPU: guest code and what it needs, the buffer of the act at hand, results, and a stack.</summary>
    public const int CodePages = 32, BufferPages = 1, ResultPages = 4, StackPages = 1;

    private const int PagesOfVcpu = CodePages + BufferPages + ResultPages + StackPages;

    /// <summary>Code that all vCPUs share; begins with the instructions of <see cref="StoreCode"/>.</summary>
    private const int SharedPages = 1;

    /// <summary>What the builder puts behind the kernel: P2M, start_info, two rings, the tables, a stack, and 512 KiB to spare.</summary>
    private const int BehindKernel = 1 + 1 + 2 + 1 + 128;

    private const ulong Boundary = 0xffff_ffff_8040_0000, Boundary32 = 0xc040_0000;

    public StageLayout(StageShape shape)
    {
        Kind = shape.Kind;
        ImagePages = SharedPages + (shape.Vcpus * PagesOfVcpu);
        MappedPages = ImagePages + BehindKernel + shape.Space.Levels;
        Base = (Kind == DomainKind.Pv32Pae ? Boundary32 : Boundary) - ((ulong)MappedPages * PageSize);
    }

    public DomainKind Kind { get; }

    /// <summary>Pages of the kernel.</summary>
    public int ImagePages { get; }

    /// <summary>Pages that the builder maps; the domain's other memory has no address at first.</summary>
    public int MappedPages { get; }

    /// <summary>Memory of a domain, in frames: what is mapped, and the pool.</summary>
    public int Frames => MappedPages + StageFrame.Pool;

    /// <summary>The address of the first page.</summary>
    public ulong Base { get; }

    /// <summary>The address of <c>mov [rdi], rax</c>, for stores that Xen is to emulate.</summary>
    public ulong StoreCode => Base;

    public ulong Code(int vcpu) => Base + (ulong)((SharedPages + (vcpu * PagesOfVcpu)) * PageSize);

    /// <summary>Where a hypercall's arguments are, one page.</summary>
    public ulong Buffer(int vcpu) => Code(vcpu) + (CodePages * PageSize);

    public ulong Results(int vcpu) => Buffer(vcpu) + (BufferPages * PageSize);

    /// <summary>The first byte beyond a vCPU's stack.</summary>
    public ulong StackTop(int vcpu) => Results(vcpu) + ((ResultPages + StackPages) * PageSize);
}
