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

/// <summary>Bounds of one run.</summary>
public sealed record RunLimits
{
    public ulong Instructions { get; init; } = ulong.MaxValue;

    public CancellationToken Interrupt { get; init; }
}

public enum StopReason { Shutdown, Crash, Limit, Interrupt, Requested }

/// <summary>The hypervisor: one machine, its frames, its domains.</summary>
public sealed partial class Xen : IDisposable
{
    public Xen(XenOptions options, IHypervisorObserver? observer = null)
    {
        Options = options;
        Observer = observer;
        Memory = new(options.MemoryFrames);
        Frames = new(this);
        Heap = new(this);
        PageTables = options.PageTables?.Invoke(this) ?? new PageTables(this);
    }

    public XenOptions Options { get; }

    public IHypervisorObserver? Observer { get; }

    public PhysicalMemory Memory { get; }

    public FrameTable Frames { get; }

    public MachineMemory Heap { get; }

    public PageTables PageTables { get; }

    public void Dispose() => Memory.Dispose();
}
