using Checking.Refuting;
using Checking.Traces;
using Conformance.Runs;

namespace Cli.Refute;

/// <summary>What a search for an attack found, as reports tell it.</summary>
internal sealed record RefutationOutcome
{
    public required Refutation Found { get; init; }

    /// <summary>Requests of an attack at most, as asked.</summary>
    public required int Asked { get; init; }

    public required bool IsInterrupted { get; init; }

    /// <summary>Time that passed, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Path of the trace's file.</summary>
    public string? TraceFile { get; init; }

    public Trace? Trace => Found.Attack is { } attack ? Tracing.Of(attack) : null;

    public Verdict Verdict =>
        Found.Attack is not null ? Verdict.Violated
        : Found.CompleteTo >= Asked ? Verdict.Holds
        : Verdict.Inconclusive;

    /// <summary>Why the verdict is inconclusive; null for the others.</summary>
    public string? Reason => Verdict == Verdict.Inconclusive ? Found.Unfinished ?? "the search ended early" : null;

    public int ExitCode => Verdict switch
    {
        Verdict.Violated => Cli.ExitCode.Violated,
        Verdict.Holds => Cli.ExitCode.Holds,
        _ => IsInterrupted ? Cli.ExitCode.Interrupted : Cli.ExitCode.Inconclusive,
    };
}
