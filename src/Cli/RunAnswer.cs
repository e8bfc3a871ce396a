using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Conformance.Runs;
using Conformance.Watch;

namespace Cli;

/// <summary>The answer of <c>ringfence run --format json</c>; docs/run-json.md describes it field by field.</summary>
internal sealed record RunAnswer
{
    public required string Verdict { get; init; }

    public string? Reason { get; init; }

    public string Mode { get; init; } = "pv64";

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

    public required ulong FramesComparedAtEnd { get; init; }

    public required IReadOnlyList<string> Unimplemented { get; init; }

    public required double CpuSeconds { get; init; }

    public required ulong Seed { get; init; }

    public string? Fault { get; init; }

    public FindingAnswer? Finding { get; init; }

    public required string Replay { get; init; }

    public static void Write(StandardOutput to, RunArguments arguments, RunOutcome outcome, string? trace)
    {
        // The answer goes to a terminal or a program, never into HTML: leave "grub>" legible.
        AnswerJson json = new(new(AnswerJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        to.Write(JsonSerializer.SerializeToUtf8Bytes(Of(arguments, outcome, trace), json.RunAnswer));
        to.Write("\n"u8);
    }

    private static RunAnswer Of(RunArguments arguments, RunOutcome outcome, string? trace) => new()
    {
        Verdict = Name(outcome.Verdict),
        Reason = outcome.Reason,
        StoppedBy = Name(outcome.StoppedBy),
        ShutdownReason = outcome.ShutdownReason,
        Limit = outcome.LimitReached,
        Console = Encoding.UTF8.GetString(outcome.Console.Span),
        Instructions = outcome.Instructions,
        Hypercalls = new(outcome.Hypercalls.Values.Aggregate(0UL, (sum, n) => sum + n), outcome.Hypercalls),
        EntryUpdates = outcome.Counts.EntryUpdates,
        Comparisons = outcome.Counts.Comparisons,
        InvariantChecks = outcome.Counts.InvariantChecks,
        TranslationsCached = outcome.Counts.TranslationsCached,
        FramesComparedAtEnd = outcome.Counts.FramesAtEnd,
        Unimplemented = outcome.Unimplemented,
        CpuSeconds = Math.Round(outcome.CpuSeconds, 3),
        Seed = outcome.Seed,
        Fault = arguments.Fault,
        Finding = outcome.Finding is { } f ? new(f.Claim, f.Says, f.Source, f.Witness, f.Differences, trace) : null,
        Replay = arguments.Replay(),
    };

    private static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}

/// <summary>Hypercalls, members of multicalls included.</summary>
internal sealed record HypercallCounts(ulong Total, IReadOnlyDictionary<string, ulong> ByName);

/// <summary>What broke.</summary>
internal sealed record FindingAnswer(
    string Claim, string Says, string Source, string? Witness, IReadOnlyList<Difference> Differences, string? Trace);

[JsonSerializable(typeof(RunAnswer))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true)]
internal sealed partial class AnswerJson : JsonSerializerContext;
