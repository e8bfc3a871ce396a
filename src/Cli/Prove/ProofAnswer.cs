using Checking.Proving;
using Checking.Traces;

namespace Cli.Prove;

/// <summary>The answer of <c>ringfence prove --format json</c>; docs/prove-json.md describes it field by field.</summary>
internal sealed record ProofAnswer
{
    public required string Verdict { get; init; }

    public string? Reason { get; init; }

    /// <summary>The proof speaks of any number of frames, entries, domains and vCPUs.</summary>
    public bool Unbounded { get; init; } = true;

    public required int Queries { get; init; }

    public required int Proved { get; init; }

    public required IReadOnlyList<FailureAnswer> Failed { get; init; }

    public required IReadOnlyList<string> Vacuous { get; init; }

    public required IReadOnlyList<ShutAnswer> Shut { get; init; }

    public required IReadOnlyList<string> OfRest { get; init; }

    public required IReadOnlyList<GroupAnswer> Groups { get; init; }

    public required int Steps { get; init; }

    public required int Invariants { get; init; }

    public MutationAnswer? Mutation { get; init; }

    public string? Fault { get; init; }

    public required double Seconds { get; init; }

    public required double CpuSeconds { get; init; }

    public required string Solver { get; init; }

    public required string Replay { get; init; }

    public static ProofAnswer Of(ProveArguments arguments, ProofOutcome outcome)
    {
        ProofReport report = outcome.Report;
        return new()
        {
            Verdict = AnswerJson.Name(outcome.Verdict),
            Reason = outcome.Reason,
            Queries = outcome.Queries,
            Proved = outcome.Proved,
            Failed = [.. report.Failures.Select(Answered)],
            Vacuous = report.Vacuous,
            Shut = [.. report.Shut.Select(s => new ShutAnswer(s.Key, s.Value))],
            OfRest = report.OfRest,
            Groups = [.. report.Groups.Select(g => new GroupAnswer(g.Group, g.Queries, g.Proved))],
            Steps = report.Steps,
            Invariants = report.Invariants,
            Mutation = arguments.Mutate ? Mutated(outcome) : null,
            Fault = report.Fault,
            Seconds = Math.Round(outcome.Seconds, 3),
            CpuSeconds = Math.Round(report.CpuSeconds, 3),
            Solver = $"Z3 {report.SolverVersion}",
            Replay = arguments.Replay(),
        };
    }

    private static FailureAnswer Answered(Failure failure) => new(
        failure.Group,
        failure.Step,
        failure.Invariant,
        failure.IsUnknown,
        failure.Reason,
        failure.Counterexample is { } found
            ? new(found.Broken, StepAnswer.Of(Tracing.Of(failure, found), "a state in which every invariant holds"))
            : null);

    private static MutationAnswer Mutated(ProofOutcome outcome) => new(
        outcome.Report.Mutants.Count,
        outcome.Report.Mutants.Count(m => m.CaughtBy.Count > 0),
        outcome.Report.Mutants.Count(m => m.CaughtBy.Count == 0 && m.RedundantBy is not null),
        outcome.Unaccounted.Count(),
        [.. outcome.Report.Mutants.Select(m => new MutantAnswer(m.Step, m.Guard, m.CaughtBy, m.RedundantBy))]);
}

/// <summary>A step that no state allows, and why that is as it should be.</summary>
internal sealed record ShutAnswer(string Step, string Why);

/// <summary>Queries of one kind: <c>inductive</c>, <c>initial</c>, <c>counts</c>, <c>silent</c>.</summary>
internal sealed record GroupAnswer(string Group, int Queries, int Proved);

/// <summary>A query that was not proved.</summary>
internal sealed record FailureAnswer(string Group, string Step, string Invariant, bool Unknown, string? Reason, CounterexampleAnswer? Counterexample);

/// <summary>A state in which every invariant holds, and the step that breaks one.</summary>
internal sealed record CounterexampleAnswer(string Witness, IReadOnlyList<StepAnswer> Trace);

/// <summary>The score of dropping guards.</summary>
internal sealed record MutationAnswer(int Mutants, int Caught, int Redundant, int Unaccounted, IReadOnlyList<MutantAnswer> Guards);

/// <summary>A guard that was dropped, and what noticed.</summary>
internal sealed record MutantAnswer(string Step, string Guard, IReadOnlyList<string> CaughtBy, string? RedundantBy);
