using Conformance.Watch;

namespace Conformance.Runs;

/// <summary>What a run says of isolation.</summary>
public enum Verdict
{
    /// <summary>Everything compared agrees with the model and no invariant is broken.</summary>
    Holds,

    /// <summary>The hypervisor's state breaks an invariant.</summary>
    Violated,

    /// <summary>Hypervisor and model differ, and no invariant is broken by it.</summary>
    Diverged,

    /// <summary>What was asked for was not reached or not watched.</summary>
    Inconclusive,
}

/// <summary>Why a run ended.</summary>
public enum StoppedBy
{
    /// <summary>The awaited text appeared on the console.</summary>
    Until,

    /// <summary>The guest shut itself down.</summary>
    Shutdown,

    /// <summary>The instruction limit, or a guest that waits for nothing (see <see cref="RunOutcome.LimitReached"/>).</summary>
    Limit,

    /// <summary>The guest made a mistake that ends a domain.</summary>
    Crash,

    /// <summary>The user interrupted it.</summary>
    Interrupt,

    /// <summary>The watch found a broken invariant.</summary>
    Violation,

    /// <summary>The watch found a difference from the model.</summary>
    Divergence,
}

/// <summary>Everything there is to say about one run.</summary>
public sealed record RunOutcome
{
    public required Verdict Verdict { get; init; }

    /// <summary>The guest's ABI: "pv64" or "pv32pae".</summary>
    public required string Mode { get; init; }

    /// <summary>Why the verdict is inconclusive; null for the others.</summary>
    public string? Reason { get; init; }

    public required StoppedBy StoppedBy { get; init; }

    /// <summary>The guest's own reason for its end ("poweroff", "reboot", ...), or why it crashed; null if it did not end.</summary>
    public string? ShutdownReason { get; init; }

    /// <summary>"instructions" or "idle" when a limit ended the run; else null.</summary>
    public string? LimitReached { get; init; }

    /// <summary>The text at which the run was to end; null for none.</summary>
    public string? Until { get; init; }

    public required ReadOnlyMemory<byte> Console { get; init; }

    /// <summary>Instructions that the guest retired.</summary>
    public required ulong Instructions { get; init; }

    /// <summary>Hypercalls by name, members of a multicall included.</summary>
    public required IReadOnlyDictionary<string, ulong> Hypercalls { get; init; }

    /// <summary>Instruction forms that were met and are not implemented (each raised #UD in the guest).</summary>
    public required IReadOnlyList<string> Unimplemented { get; init; }

    public required WatchCounts Counts { get; init; }

    /// <summary>CPU time of the whole process while the guest ran, in seconds.</summary>
    public required double CpuSeconds { get; init; }

    public required ulong Seed { get; init; }

    public bool IsWatched { get; init; } = true;

    /// <summary>What the watch found; null when the verdict is neither violated nor diverged.</summary>
    public Finding? Finding { get; init; }
}
