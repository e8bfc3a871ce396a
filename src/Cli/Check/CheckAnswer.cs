using Checking.Exploration;

namespace Cli.Check;

/// <summary>The answer of <c>ringfence check --format json</c>; docs/check-json.md describes it field by field.</summary>
internal sealed record CheckAnswer
{
    public required string Verdict { get; init; }

    public string? Reason { get; init; }

    public required string Scope { get; init; }

    public required long DistinctStates { get; init; }

    public required long Transitions { get; init; }

    public required int Depth { get; init; }

    public required bool Complete { get; init; }

    public required string StoppedBy { get; init; }

    public required SymmetryAnswer Symmetry { get; init; }

    public required IReadOnlyList<PropertyAnswer> Properties { get; init; }

    public required IReadOnlyList<WitnessAnswer> Witnesses { get; init; }

    public required IReadOnlyList<string> NeverFired { get; init; }

    public string? Fault { get; init; }

    public string? Property { get; init; }

    public string? Witness { get; init; }

    public IReadOnlyList<StepAnswer>? Trace { get; init; }

    public string? TraceFile { get; init; }

    public required double Seconds { get; init; }

    public required double CpuSeconds { get; init; }

    public required double StatesPerCpuSecond { get; init; }

    public required double BytesPerState { get; init; }

    public required long PeakMemory { get; init; }

    public string? Checkpoint { get; init; }

    public required string Replay { get; init; }

    public static CheckAnswer Of(CheckArguments arguments, CheckOutcome outcome)
    {
        Exploration found = outcome.Found;
        return new()
        {
            Verdict = AnswerJson.Name(outcome.Verdict),
            Reason = outcome.Reason,
            Scope = found.Scope,
            DistinctStates = found.DistinctStates,
            Transitions = found.Transitions,
            Depth = found.Depth,
            Complete = outcome.IsExhaustive,
            StoppedBy = AnswerJson.Name(found.StoppedBy),
            Symmetry = found.Symmetry ? new(true, found.DistinctStates, found.FullStates) : new(false, null, found.DistinctStates),
            Properties = [.. found.Properties.Select(p => new PropertyAnswer(p.Property.Id, outcome.VerdictOf(p), p.Depth))],
            Witnesses = [.. outcome.Actions.Select((a, i) => new WitnessAnswer(a.Id, a.Says, found.Fired[i], a.IsRequired, a.Impossible))],
            NeverFired = [.. outcome.NeverFired.Select(a => a.Id)],
            Fault = arguments.Fault,
            Property = outcome.Trace?.Property,
            Witness = outcome.Trace?.Witness,
            Trace = outcome.Trace is { } trace ? StepAnswer.Of(trace, "boot") : null,
            TraceFile = outcome.TraceFile,
            Seconds = Math.Round(outcome.Seconds, 3),
            CpuSeconds = Math.Round(found.CpuSeconds, 3),
            StatesPerCpuSecond = found.CpuSeconds > 0 ? Math.Round(found.DistinctStates / found.CpuSeconds) : 0,
            BytesPerState = Math.Round(found.BytesPerState, 2),
            PeakMemory = found.PeakMemory,
            Checkpoint = found.Checkpoint,
            Replay = arguments.Replay(),
        };
    }
}

/// <summary>Whether states that differ only in names were taken for one, and how many there are with and without.</summary>
internal sealed record SymmetryAnswer(bool On, long? Orbits, long? FullStates);

/// <summary>What the search says of a property: <c>holds</c>, <c>violated</c>, <c>notReached</c> or <c>open</c>.</summary>
internal sealed record PropertyAnswer(string Id, string Verdict, int? Depth);

/// <summary>How often something happened; whether a scope without it is vacuous; why it cannot happen in this scope, if it cannot.</summary>
internal sealed record WitnessAnswer(string Id, string Says, long Count, bool Required, string? Impossible);
