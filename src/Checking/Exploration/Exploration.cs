namespace Checking.Exploration;

/// <summary>Why a search ended.</summary>
public enum StopReason
{
    /// <summary>Every reachable state was seen.</summary>
    Complete,

    /// <summary>A property is violated; the level on which it was found was finished, so that depths and trace are the least.</summary>
    Violated,

    MaxStates,
    MaxMemory,
    DiskFull,
    Interrupted,
}

/// <summary>What a search found.</summary>
public sealed record Exploration
{
    public required string Scope { get; init; }

    public required StopReason StoppedBy { get; init; }

    public required long DistinctStates { get; init; }

    /// <summary>Transitions that change the state; with the initial states not counted.</summary>
    public required long Transitions { get; init; }

    /// <summary>States on the longest of all shortest paths, the first included, as far as seen: what TLC and SPIN call depth.</summary>
    public required int Depth { get; init; }

    public bool IsComplete => StoppedBy == StopReason.Complete;

    public required bool Symmetry { get; init; }

    /// <summary>With symmetry: the sum of the sizes of all orbits seen, which is what a search without it counts.</summary>
    public required long? FullStates { get; init; }

    public required IReadOnlyList<PropertyResult> Properties { get; init; }

    /// <summary>For each action how often it fired; zero is a gap worth knowing.</summary>
    public required IReadOnlyList<long> Fired { get; init; }

    /// <summary>The shortest trace to the first violation: packed states from the initial one. Empty if nothing is violated.</summary>
    public required IReadOnlyList<ulong[]> Trace { get; init; }

    /// <summary>The property that the trace violates.</summary>
    public required int? TraceProperty { get; init; }

    public required double CpuSeconds { get; init; }

    /// <summary>Bytes of visited states, links and frontier at their largest, for each state.</summary>
    public required double BytesPerState { get; init; }

    /// <summary>Peak resident memory of the process, in bytes.</summary>
    public required long PeakMemory { get; init; }

    /// <summary>Where a checkpoint was left, if one was.</summary>
    public required string? Checkpoint { get; init; }
}

/// <summary>What a search says of one property.</summary>
/// <param name="IsReached">what the property speaks of was seen at all</param>
/// <param name="Depth">steps of the shortest trace that violates it; null if there is none</param>
public sealed record PropertyResult(Property Property, bool IsReached, int? Depth);
