using Conformance.Campaigns;
using Conformance.Scripts;

namespace Cli.Conform;

/// <summary>The answer of <c>ringfence conform --format json</c>; docs/conform-json.md describes it field by field.</summary>
internal sealed record ConformAnswer
{
    public required string Verdict { get; init; }

    public required string Target { get; init; }

    public required string Mode { get; init; }

    public string? Fault { get; init; }

    public required int Cases { get; init; }

    public string? Stopped { get; init; }

    public required ulong Requests { get; init; }

    public required double RequestsPerCpuSecond { get; init; }

    public ulong? ExecutedRequests { get; init; }

    public double? ExecutedRequestsPerCpuSecond { get; init; }

    public required GuardCoverageAnswer GuardCoverage { get; init; }

    public GuardCoverageAnswer? RingCoverage { get; init; }

    public required IReadOnlyList<ScriptFailureAnswer> Failures { get; init; }

    public required ulong Seed { get; init; }

    public required string Replay { get; init; }

    public static ConformAnswer Of(ConformArguments arguments, ConformOutcome outcome) => new()
    {
        Verdict = AnswerJson.Name(outcome.Verdict),
        Target = arguments.Target,
        Mode = arguments.Mode,
        Fault = arguments.Fault,
        Cases = outcome.Campaign.Cases,
        Stopped = outcome.Stopped,
        Requests = outcome.Direct.Requests,
        RequestsPerCpuSecond = Math.Round(outcome.Direct.PerCpuSecond),
        ExecutedRequests = outcome.Executed?.Requests,
        ExecutedRequestsPerCpuSecond = outcome.Executed is { } executed ? Math.Round(executed.PerCpuSecond) : null,
        GuardCoverage = new(outcome.Reachable - outcome.Missing.Count, outcome.Reachable, outcome.Missing),
        RingCoverage = outcome.Rings is null ? null : new(outcome.ReachableSteps - outcome.MissingSteps.Count, outcome.ReachableSteps, outcome.MissingSteps),
        Failures = [.. outcome.Failures.Select(ScriptFailureAnswer.Of)],
        Seed = arguments.Seed,
        Replay = arguments.Again(),
    };
}

/// <summary>Of the guards that a script can fire, or the steps that it can take, how many did, and which did not.</summary>
internal sealed record GuardCoverageAnswer(int Covered, int Total, IReadOnlyList<string> Missing);

/// <summary>Failures that come down to the same shortest script.</summary>
internal sealed record ScriptFailureAnswer(
    string Class, int Steps, string Clause, string Says, string Expected, string Got, string? Witness, int Cases, string Script, string? Trace)
{
    public static ScriptFailureAnswer Of(KeptFailure kept)
    {
        (CaseResult minimal, Failure failure) = (kept.Group.Minimal, kept.Group.Minimal.Failure!);
        return new(
            AnswerJson.Name(failure.Class), minimal.Script.Acts.Count, failure.Claim, failure.Says, failure.Expected, failure.Got, failure.Witness,
            kept.Group.Cases, ScriptText.Write(minimal.Script), kept.Trace.Path);
    }
}
