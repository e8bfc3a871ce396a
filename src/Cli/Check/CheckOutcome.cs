using Checking.Exploration;
using Checking.Traces;
using Conformance.Runs;

namespace Cli.Check;

/// <summary>What a search found, as reports tell it.</summary>
internal sealed record CheckOutcome
{
    public required Exploration Found { get; init; }

    /// <summary>What the scope is, in one sentence.</summary>
    public required string Covers { get; init; }

    /// <summary>What a search of the whole scope says nothing of.</summary>
    public required string Omits { get; init; }

    /// <summary>What could fire, in the order of <see cref="Exploration.Fired"/>.</summary>
    public required IReadOnlyList<Witness> Actions { get; init; }

    public Trace? Trace { get; init; }

    /// <summary>Path of the trace's file.</summary>
    public string? TraceFile { get; init; }

    /// <summary>Time that passed, in seconds.</summary>
    public required double Seconds { get; init; }

    public bool AllowsVacuous { get; init; }

    /// <summary>Every reachable state was seen, and nothing was left out on the way.</summary>
    public bool IsExhaustive => Found.IsComplete && !Happened(a => a.IsLoss).Any();

    /// <summary>What can happen in the scope and was not seen.</summary>
    public IEnumerable<Witness> NeverFired => Actions.Where((a, i) => Found.Fired[i] == 0 && a is { Impossible: null, IsLoss: false });

    /// <summary>What a complete search should have seen and did not: properties without an instance, and required witnesses.</summary>
    public IEnumerable<string> Missing => !Found.IsComplete
        ? []
        : Found.Properties.Where(p => !p.IsReached).Select(p => p.Property.Id).Concat(NeverFired.Where(a => a.IsRequired).Select(a => a.Id));

    public bool IsViolated => Found.Properties.Any(p => p.Depth is not null);

    public bool IsVacuous => !IsViolated && !AllowsVacuous && Missing.Any();

    public Verdict Verdict =>
        IsViolated ? Verdict.Violated
        : IsExhaustive && !IsVacuous && !Surprises.Any() ? Verdict.Holds
        : Verdict.Inconclusive;

    /// <summary>Why the verdict is inconclusive; null for the others.</summary>
    public string? Reason => (Verdict, Found.StoppedBy) switch
    {
        (not Verdict.Inconclusive, _) => null,
        (_, StopReason.MaxStates) => "the bound on states was reached",
        (_, StopReason.MaxMemory) => "the bound on memory was reached",
        (_, StopReason.DiskFull) => "the disk is full",
        (_, StopReason.Interrupted) => "the search was interrupted",
        _ when IsVacuous => $"vacuous: never seen {string.Join(", ", Missing)}",
        _ => string.Join("; ", Happened(a => a.IsLoss).Concat(Surprises).Distinct().Select(a => a.Says)),
    };

    public int ExitCode => (Verdict, Found.StoppedBy) switch
    {
        (Verdict.Violated, _) => Cli.ExitCode.Violated,
        (_, StopReason.Interrupted) => Cli.ExitCode.Interrupted,
        (Verdict.Holds, _) => Cli.ExitCode.Holds,
        _ => IsVacuous ? Cli.ExitCode.Vacuous : Cli.ExitCode.Inconclusive,
    };

    /// <summary>What happened although the scope has a reason why it cannot: the reason is wrong, and who knows what else.</summary>
    private IEnumerable<Witness> Surprises => Happened(a => a.Impossible is not null);

    /// <summary>What is known of one property: <c>holds</c>, <c>violated</c>, <c>notReached</c>, or <c>open</c> after a search that left something out.</summary>
    public string VerdictOf(PropertyResult property) =>
        property.Depth is not null ? "violated"
        : !IsExhaustive ? "open"
        : property.IsReached ? "holds"
        : "notReached";

    private IEnumerable<Witness> Happened(Func<Witness, bool> which) => Actions.Where((a, i) => Found.Fired[i] > 0 && which(a));
}
