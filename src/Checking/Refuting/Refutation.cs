namespace Checking.Refuting;

/// <summary>What to attack, and how far to look.</summary>
public sealed record RefutationRequest
{
    public required Memory.MemorySizes Sizes { get; init; }

    /// <summary>A mistake to make again; <see cref="Model.Faults.Fault.Id"/>.</summary>
    public string? Fault { get; init; }

    /// <summary>The only property to break, by id; any if null.</summary>
    public string? Property { get; init; }

    /// <summary>Requests of an attack at most.</summary>
    public int Depth { get; init; } = 4;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Is told the depth that is being looked at.</summary>
    public Action<int>? Progress { get; init; }

    public CancellationToken Cancel { get; init; }
}

/// <summary>What came of it.</summary>
public sealed record Refutation
{
    public required string Scope { get; init; }

    /// <summary>The shortest attack, replayed on the concrete model; null if there is none up to <see cref="CompleteTo"/>.</summary>
    public required Attack? Attack { get; init; }

    /// <summary>There is no attack of that many requests or fewer, in the stated bounds.</summary>
    public required int CompleteTo { get; init; }

    /// <summary>Why the search ended before the depth that was asked for; null if it did not.</summary>
    public required string? Unfinished { get; init; }

    /// <summary>What the bounds leave out, in one sentence.</summary>
    public required string Bounds { get; init; }

    public required double CpuSeconds { get; init; }
}

/// <summary>An attack that worked on the concrete model.</summary>
/// <param name="Start">the state at boot, fact by fact</param>
public sealed record Attack(
    string Property, string Says, string Source, string Witness, IReadOnlyList<KeyValuePair<string, string>> Start, IReadOnlyList<AttackStep> Steps);

/// <param name="Request">"d1  mmu_update  mfn:3[0] := mfn:4 rw  = 0"</param>
/// <param name="Before">facts that the request changed, as they were; null: there was none</param>
/// <param name="After">the same facts afterwards; null: there is none any more</param>
public sealed record AttackStep(
    string Request, IReadOnlyList<KeyValuePair<string, string?>> Before, IReadOnlyList<KeyValuePair<string, string?>> After);
