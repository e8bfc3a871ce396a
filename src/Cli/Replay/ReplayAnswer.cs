namespace Cli.Replay;

/// <summary>The answer of <c>ringfence replay --format json</c>; docs/replay-json.md describes it field by field.</summary>
internal sealed record ReplayAnswer
{
    public required string Verdict { get; init; }

    public required bool SameAsTrace { get; init; }

    public required string Kind { get; init; }

    public required string On { get; init; }

    public string? Fault { get; init; }

    public string? Property { get; init; }

    public string? Says { get; init; }

    public int? Step { get; init; }

    public string? Class { get; init; }

    public string? Witness { get; init; }

    public required RecordedAnswer Recorded { get; init; }

    public required IReadOnlyList<ReplayStepAnswer> Steps { get; init; }

    public required string Replay { get; init; }

    public static ReplayAnswer Of(ReplayArguments arguments, ReplayOutcome outcome) => new()
    {
        Verdict = AnswerJson.Name(outcome.Now.Verdict),
        SameAsTrace = outcome.IsSame,
        Kind = outcome.Kind,
        On = outcome.On,
        Fault = outcome.Fault,
        Property = outcome.Now.Property,
        Says = outcome.Now.Says,
        Step = outcome.Now.Step,
        Class = outcome.Now.Class,
        Witness = outcome.Now.Witness,
        Recorded = new(AnswerJson.Name(outcome.Recorded.Verdict), outcome.Recorded.Property, outcome.Recorded.Step, outcome.Recorded.Class),
        Steps = [.. outcome.Steps.Select(s => new ReplayStepAnswer(s.Action, s.Recorded, s.Now, s.Expected, s.IsSame, s.Differences))],
        Replay = arguments.Again(),
    };
}

/// <summary>What the trace says of itself.</summary>
internal sealed record RecordedAnswer(string Verdict, string? Property, int? Step, string? Class);

/// <summary>One step: what came of it in the trace and now, the model's answer where it is another, and what else is not as in the trace.</summary>
internal sealed record ReplayStepAnswer(string Action, string? Recorded, string? Now, string? Expected, bool Same, IReadOnlyList<string> Differences);
