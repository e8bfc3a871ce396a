using Conformance.Bridge;
using Implementation.Hypervisor;
using Model;
using Model.Domains;
using Model.Domains.Concrete;
using Model.Rings.Faults;
using Segments = Conformance.Bridge.Segments;

namespace Conformance.Watch.Rings;

/// <summary>Ring protection of one domain at its real size. Each vCPU has a processor of its own, of the same number.</summary>
/// <remarks>
/// Domains share no part of this state: what an address is depends on the kind of the guest, so each domain has a world of its own.
/// </remarks>
internal sealed class RingWorld
{
    /// <summary>Facilities: the floating-point unit and the time-stamp counter.</summary>
    public const int Floating = 0, Clock = 1, Facilities = 2;

    /// <summary>Vectors, then callbacks, by the numbers of <see cref="EntryPoint"/>.</summary>
    public const int Entries = (int)EntryPoint.Sysenter + 1;

    /// <summary>All the world's domains: one.</summary>
    private const int Home = 0;

    private const ulong XenStart = 0xffff_8000_0000_0000, XenEnd = 0xffff_8800_0000_0000, Past32 = 1UL << 32;

    /// <summary>Bytes of a bounce frame at most, with what rounding its beginning down takes.</summary>
    private const ulong LargestFrame = 0x100;

    private readonly int _vcpus;
    private readonly List<int>[] _named;
    private readonly LevelStore _levels;
    private readonly SingleStore _code;

    /// <param name="domain">built, and has not run</param>
    /// <param name="fault">a mistake that the model makes, or null</param>
    public RingWorld(Domain domain, RingFault? fault)
    {
        (Is32Bit, _vcpus) = (domain.Is32Bit, domain.Vcpus.Length);
        _named = [.. domain.Vcpus.Select(_ => new List<int>())];
        _levels = new(_vcpus, Segments.Positions);
        _code = new(_vcpus);
        Watched = new(_vcpus);
        Reached = new(_vcpus);
        State = new((name, sorts) => new(Related(name, sorts)), (_, from, _) => new(new ulong[from == Sort.Domain ? 1 : _vcpus]));
        Steps = fault?.Make(State) ?? new WatchedRingSteps(State);
        Invariants = new(State);
        State.Is32.Assign(true, Is32Bit, Home);
        for (int v = 0; v < _vcpus; v++) Build(v);
    }

    public bool Is32Bit { get; }

    /// <summary>The vCPUs, by their numbers.</summary>
    public IReadOnlyList<VcpuRings> Vcpus { get; private set; } = [];

    /// <summary>The guest asked for an architectural IOPL: its kernel counts as of level 0 for ports, and sees its IOPL in flags.</summary>
    public bool ShowsIopl { get; set; }

    public WatchedRings State { get; }

    public WatchedRingSteps Steps { get; }

    public WatchedRingInvariants Invariants { get; }

    /// <summary>Breakpoints of each vCPU.</summary>
    public FewStore Watched { get; }

    /// <summary>What was accessed last by each vCPU, or for it.</summary>
    public FewStore Reached { get; }

    /// <summary>Positions that the data selectors of a vCPU name, in no order and each once.</summary>
    public List<int> Named(int v) => _named[v];

    /// <summary>The privilege level of what stands at a position; 0 where nothing does.</summary>
    public int LevelAt(int v, int position) => _levels.Of((ulong)v, (ulong)position) ?? 0;

    /// <summary>The position that the code selector names.</summary>
    public int CodeOf(int v) => (int)(_code.Of((ulong)v) ?? 0);

    /// <summary>What stands at a position that is, or is to come, within the table: memory, until Xen audits it.</summary>
    public void Learn(int v, int position, in DescriptorFacts d)
    {
        State.IsCode.Assign(true, d.IsCode, v, position);
        State.IsData.Assign(true, d.IsData, v, position);
        State.IsGate.Assign(true, d.IsGate, v, position);
        State.IsLong.Assign(true, d.IsLong, v, position);
        _levels.Put(true, (ulong)v, (ulong)position, (ulong)d.Level);
    }

    /// <summary>Conforming code runs at the level of whoever enters it, and counts as of that level.</summary>
    [Clause("D-30")]
    public void Conform(int v, int position, int level) => _levels.Put(true, (ulong)v, (ulong)position, (ulong)level);

    /// <summary>The world has its vCPUs.</summary>
    public void Join(IReadOnlyList<VcpuRings> vcpus) => Vcpus = vcpus;

    private void Build(int v)
    {
        (int first, DescriptorFacts[] facts) = Segments.Xens(Is32Bit);
        for (int i = 0; i < facts.Length; i++)
        {
            if (facts[i].IsSegment) Learn(v, first + i, facts[i]);
        }

        State.InXen.Assign(true, true, v);
        State.InKernel.Assign(true, true, v);
        State.OnKernelRoot.Assign(true, true, v);
        State.Interruptible.Assign(true, true, v);
        State.Cpl.Assign(true, v, Is32Bit ? 1 : 3);
        for (int x = 0; x < Facilities; x++) State.Enabled.Assign(true, true, v, x);
    }

    private RingStore Related(string name, Sort[] sorts) => name switch
    {
        nameof(State.XensAddress) => new LawStore((a, _) => IsXens(a)),
        nameof(State.NonCanonical) => new LawStore((a, _) => !IsCanonical(a)),
        nameof(State.FrameEnd) => new LawStore((stack, low) => IsFrameEnd(stack, low)),
        nameof(State.FrameWord) => new LawStore((start, a) => unchecked(a - start) is < IretFrame.VirtualBytes and var offset && offset % sizeof(uint) == 0),
        nameof(State.Next) => new LawStore((a, b) => b == a + sizeof(uint)),
        nameof(State.XensPosition) => new LawStore((p, _) => Segments.IsXens(p)),
        nameof(State.IsEvent) => new LawStore((n, _) => n == (int)EntryPoint.Event),
        // SDM Vol. 3A, 6.7 and 6.14.5: NMI, machine check, and the debug trap that a load of SS puts off; Xen has a double fault take a stack too.
        nameof(State.Unmaskable) => new LawStore((n, _) => n is 1 or 2 or 18),
        nameof(State.OwnStack) => new LawStore((n, _) => n is 1 or 2 or 8 or 18),
        nameof(State.Dpl) => _levels,
        nameof(State.Code) => _code,
        nameof(State.Watched) => Watched,
        nameof(State.Reached) => Reached,
        nameof(State.Armed) => new FewStore(_vcpus),
        nameof(State.Handler) => new SingleStore(_vcpus, Entries),
        nameof(State.Raised) or nameof(State.Due) or nameof(State.Entered) or nameof(State.Consulted) or nameof(State.Judged) or nameof(State.Copying) => new SingleStore(_vcpus),
        _ => new BitStore(Size(sorts[0]), sorts.Length > 1 ? Size(sorts[1]) : 1),
    };

    private int Size(Sort sort) => sort switch
    {
        Sort.Domain => 1,
        Sort.Vcpu or Sort.Processor => _vcpus,
        Sort.Slot => Segments.Positions,
        Sort.Vector => Entries,
        Sort.Facility => Facilities,
        _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, "ring protection has no store for a column of these"),
    };

    /// <summary>Of a 32-bit guest's addresses none is Xen's: the M2P that it reads counts as its own.</summary>
    [Clause("D-31")]
    private bool IsXens(ulong address) => Is32Bit ? address >= Past32 : address is >= XenStart and < XenEnd;

    private bool IsCanonical(ulong address) => Is32Bit ? address < Past32 : address < 0x0000_8000_0000_0000 || address >= XenStart;

    private bool IsFrameEnd(ulong stack, ulong low)
    {
        ulong size = Is32Bit ? (uint)(stack - low) : unchecked((stack & ~0xfUL) - low);
        return size % (Is32Bit ? 4u : 8u) == 0 && size <= LargestFrame;
    }
}
