namespace Checking.Proving;

/// <summary>What to prove.</summary>
public sealed record ProofRequest
{
    /// <summary>A mistake to make again; <see cref="Model.Faults.Fault.Id"/>.</summary>
    public string? Fault { get; init; }

    /// <summary>The only invariant to prove, by id.</summary>
    public string? Property { get; init; }

    /// <summary>Folder for every query as SMT-LIB2.</summary>
    public string? SmtOut { get; init; }

    /// <summary>Drop every guard, one at a time, and see which invariant notices.</summary>
    public bool Mutate { get; init; }

    public int Workers { get; init; } = 1;

    /// <summary>For one query.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Is told of each query done and how many there are.</summary>
    public Action<int, int>? Progress { get; init; }

    public CancellationToken Cancel { get; init; }
}

/// <summary>A query that was not proved.</summary>
/// <param name="Group">"inductive", "initial", "counts", "silent" (noninterference)</param>
/// <param name="Invariant">the id of the invariant or flow</param>
/// <param name="IsUnknown">the solver gave up (why is in <paramref name="Reason"/>) instead of finding a counterexample</param>
/// <param name="Counterexample">a small state in which every invariant holds, the step, and what it breaks; null if unknown</param>
public sealed record Failure(string Group, string Step, string Invariant, bool IsUnknown, string? Reason, Counterexample? Counterexample);

/// <summary>A counterexample to induction, in the domain's words.</summary>
/// <param name="Before">facts of the state before: "mfn:0" → "d1  L4 ×1 pinned"; "mfn:0[0]" → "mfn:0 r-"</param>
/// <param name="Step">the step with its arguments: "EditInPlace v0 mfn:0[0] := mfn:0 rw"</param>
/// <param name="After">the facts that are different afterwards; a null value is a fact that is gone</param>
/// <param name="Broken">what is broken, in the invariant's own witness where it has one</param>
public sealed record Counterexample(
    IReadOnlyList<KeyValuePair<string, string>> Before,
    string Step,
    IReadOnlyList<KeyValuePair<string, string?>> After,
    string Says,
    string Source,
    string Broken);

/// <summary>A guard that was dropped, and what noticed.</summary>
/// <param name="Guard">the guard as the model's text has it, or as a formula</param>
/// <param name="CaughtBy">ids of the invariants that break; empty if none does</param>
/// <param name="RedundantBy">the clause of spec/ that says why nothing breaks; null if none does</param>
public sealed record Mutant(string Step, string Guard, IReadOnlyList<string> CaughtBy, string? RedundantBy);

/// <summary>What was proved.</summary>
public sealed record ProofReport
{
    public required string? Fault { get; init; }

    /// <summary>Queries by group, in order: "inductive" 1188, "initial" 30, "silent" 900.</summary>
    public required IReadOnlyList<(string Group, int Queries, int Proved)> Groups { get; init; }

    public required IReadOnlyList<Failure> Failures { get; init; }

    /// <summary>Steps whose guard no state satisfies, though it should: whatever is said of them is worth nothing. Empty when none.</summary>
    public required IReadOnlyList<string> Vacuous { get; init; }

    /// <summary>Steps whose guard no state satisfies, and why that is as it should be.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Shut { get; init; }

    /// <summary>Invariants that are said of the state between requests, so that no proof of single steps speaks of them.</summary>
    public required IReadOnlyList<string> OfRest { get; init; }

    public required IReadOnlyList<Mutant> Mutants { get; init; }

    public required int Steps { get; init; }

    public required int Invariants { get; init; }

    public required double CpuSeconds { get; init; }

    public required bool IsInterrupted { get; init; }

    /// <summary>"4.8.12"</summary>
    public required string SolverVersion { get; init; }
}
