using Checking.Refuting;

namespace Cli.Refute;

/// <summary>The answer of <c>ringfence refute --format json</c>; docs/refute-json.md describes it field by field.</summary>
internal sealed record RefutationAnswer
{
    public required string Verdict { get; init; }

    public string? Reason { get; init; }

    public required string Scope { get; init; }

    /// <summary>Requests of the attack; null if there is none.</summary>
    public int? Depth { get; init; }

    public required int CompleteTo { get; init; }

    public required string Bounds { get; init; }

    public string? Property { get; init; }

    public string? Witness { get; init; }

    public IReadOnlyList<RequestAnswer>? Attack { get; init; }

    public string? TraceFile { get; init; }

    public string? Fault { get; init; }

    public required double Seconds { get; init; }

    public required double CpuSeconds { get; init; }

    public required string Replay { get; init; }

    public static RefutationAnswer Of(RefuteArguments arguments, RefutationOutcome outcome)
    {
        Refutation found = outcome.Found;
        return new()
        {
            Verdict = AnswerJson.Name(outcome.Verdict),
            Reason = outcome.Reason,
            Scope = found.Scope,
            Depth = found.Attack?.Steps.Count,
            CompleteTo = found.CompleteTo,
            Bounds = found.Bounds,
            Property = found.Attack?.Property,
            Witness = found.Attack?.Witness,
            Attack = outcome.Trace is { } trace ? [.. trace.Steps.Select(RequestAnswer.Of)] : null,
            TraceFile = outcome.TraceFile,
            Fault = arguments.Fault,
            Seconds = Math.Round(outcome.Seconds, 3),
            CpuSeconds = Math.Round(found.CpuSeconds, 3),
            Replay = arguments.Replay(),
        };
    }
}

/// <summary>One request of an attack, and each fact that it changed.</summary>
internal sealed record RequestAnswer(string Request, IReadOnlyDictionary<string, ChangeAnswer> Changed)
{
    public static RequestAnswer Of(Checking.Traces.TraceStep step) =>
        new(step.Action, step.Changes.ToDictionary(c => c.Fact, c => new ChangeAnswer(c.Before, c.After)));
}
