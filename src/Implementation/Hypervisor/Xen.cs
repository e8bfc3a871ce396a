using Implementation.Devices;
using Implementation.Memory;

namespace Implementation.Hypervisor;

/// <summary>How a machine is made.</summary>
public sealed record XenOptions
{
    /// <summary>Frames of RAM, Xen's own included.</summary>
    public ulong MemoryFrames { get; init; } = 32768;

    /// <summary>Decides which machine frames a domain gets, and everything else that real hardware leaves to chance.</summary>
    public ulong Seed { get; init; }

    /// <summary>Makes the memory management; a re-made historical fault passes its own subclass.</summary>
    public Func<Xen, PageTables>? PageTables { get; init; }
}

/// <summary>The hypervisor: one machine, its frames, its domains.</summary>
public sealed partial class Xen : IDisposable
{
    private readonly List<Domain> _domains = [];
    private StopReason? _stop;

    public Xen(XenOptions options, IHypervisorObserver? observer = null)
    {
        Options = options;
        Observer = observer;
        Memory = new(options.MemoryFrames);
        Frames = new(this);
        Heap = new(this);
        MachineToPhys = new(this);
        PageTables = options.PageTables?.Invoke(this) ?? new PageTables(this);
    }

    public XenOptions Options { get; }

    public IHypervisorObserver? Observer { get; }

    public PhysicalMemory Memory { get; }

    public FrameTable Frames { get; }

    public MachineMemory Heap { get; }

    public MachineToPhys MachineToPhys { get; }

    public PageTables PageTables { get; }

    /// <summary>The one xenstore of the machine.</summary>
    public XenStore Store { get; } = new();

    public IReadOnlyList<Domain> Domains => _domains;

    /// <summary>Whether someone has asked the current run to end. Long hypercalls look at it.</summary>
    internal bool IsStopping => _stop is not null;

    /// <summary>Makes an empty domain: an id, shared_info, vCPUs that are down, a grant table. The builder does the rest.</summary>
    /// <param name="vcpus">1..32, as many as shared_info has room for</param>
    /// <param name="kind">how the guest talks to Xen, for good</param>
    public Domain CreateDomain(string name, int vcpus = 1, DomainKind kind = DomainKind.Pv64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vcpus, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vcpus, 32);

        Domain domain = new(this, (ushort)(_domains.Count + 1), name, kind);
        Add(domain);
        domain.Populate(vcpus);
        return domain;
    }

    internal void Add(Domain domain) => _domains.Add(domain);

    /// <summary>The domain with an id, or null. Domain0 has no record.</summary>
    /// <param name="id">untrusted</param>
    internal Domain? FindDomain(ushort id)
    {
        foreach (Domain domain in _domains)
        {
            if (domain.Id == id) return domain;
        }

        return null;
    }

    /// <summary>Runs a domain until it ends, a limit is met, or someone asks to stop. Deterministic but for the latter.</summary>
    public RunResult Run(Domain domain, RunLimits limits)
    {
        _stop = null;
        return new RunLoop(domain, limits).Run();
    }

    /// <summary>Asks the run loop to return before the next guest instruction.</summary>
    public void Stop(StopReason reason = StopReason.Requested) => _stop ??= reason;

    internal bool TryTakeStop(out StopReason reason)
    {
        reason = _stop ?? default;
        return _stop is not null;
    }

    public void Dispose()
    {
        foreach (Domain domain in _domains) domain.Dispose();
        Memory.Dispose();
    }
}
