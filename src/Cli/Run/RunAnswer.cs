using System.Text;
using Conformance.Runs;
using Conformance.Watch;

namespace Cli.Run;

/// <summary>The answer of <c>ringfence run --format json</c>; docs/run-json.md describes it field by field.</summary>
internal sealed record RunAnswer
{
    public required string Verdict { get; init; }

    public string? Reason { get; init; }

    public required string Mode { get; init; }

    public required string StoppedBy { get; init; }

    public string? ShutdownReason { get; init; }

    public string? Limit { get; init; }

    public required string Console { get; init; }

    public required ulong Instructions { get; init; }

    public required HypercallCounts Hypercalls { get; init; }

    public required ulong EntryUpdates { get; init; }

    public required ulong Comparisons { get; init; }

    public required ulong InvariantChecks { get; init; }

    public required ulong TranslationsCached { get; init; }

    public required ulong GuestExits { get; init; }

    public required ulong BounceFrames { get; init; }

    public required ulong RingSteps { get; init; }

    public required ulong FramesComparedAtEnd { get; init; }

    public required IReadOnlyList<string> Unimplemented { get; init; }

    public required double CpuSeconds { get; init; }

    public required ulong Seed { get; init; }

    public string? Fault { get; init; }

    public FindingAnswer? Finding { get; init; }

    public required string Replay { get; init; }

    public static RunAnswer Of(RunArguments arguments, RunOutcome outcome, string? trace) => new()
    {
        Verdict = AnswerJson.Name(outcome.Verdict),
        Reason = outcome.Reason,
        Mode = outcome.Mode,
        StoppedBy = AnswerJson.Name(outcome.StoppedBy),
        ShutdownReason = outcome.ShutdownReason,
        Limit = outcome.LimitReached,
        Console = Encoding.UTF8.GetString(outcome.Console.Span),
        Instructions = outcome.Instructions,
        Hypercalls = new(outcome.Hypercalls.Values.Aggregate(0UL, (sum, n) => sum + n), outcome.Hypercalls),
        EntryUpdates = outcome.Counts.EntryUpdates,
        Comparisons = outcome.Counts.Comparisons,
        InvariantChecks = outcome.Counts.InvariantChecks,
        TranslationsCached = outcome.Counts.TranslationsCached,
        GuestExits = outcome.Counts.GuestExits,
        BounceFrames = outcome.Counts.BounceFrames,
        RingSteps = outcome.Counts.RingSteps,
        FramesComparedAtEnd = outcome.Counts.FramesAtEnd,
        Unimplemented = outcome.Unimplemented,
        CpuSeconds = Math.Round(outcome.CpuSeconds, 3),
        Seed = outcome.Seed,
        Fault = arguments.Fault,
        Finding = outcome.Finding is { } f ? new(f.Claim, f.Says, f.Source, f.Witness, f.Differences, trace) : null,
        Replay = arguments.Replay(),
    };
}

/// <summary>Hypercalls, members of multicalls included.</summary>
internal sealed record HypercallCounts(ulong Total, IReadOnlyDictionary<string, ulong> ByName);

/// <summary>What broke.</summary>
internal sealed record FindingAnswer(
    string Claim, string Says, string Source, string? Witness, IReadOnlyList<Difference> Differences, string? Trace);
