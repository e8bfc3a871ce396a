using Checking.Proving;
using Conformance.Runs;

namespace Cli.Prove;

/// <summary>A proof, or what is missing of one, as reports tell it.</summary>
internal sealed record ProofOutcome(ProofReport Report, double Seconds)
{
    public int Queries => Report.Groups.Sum(g => g.Queries);

    public int Proved => Report.Groups.Sum(g => g.Proved);

    public IEnumerable<Failure> Refuted => Report.Failures.Where(f => !f.IsUnknown);

    public IEnumerable<Failure> Unknown => Report.Failures.Where(f => f.IsUnknown);

    /// <summary>Guards that were dropped, that no invariant missed, and of which spec/ does not say why.</summary>
    public IEnumerable<Mutant> Unaccounted => Report.Mutants.Where(m => m.CaughtBy.Count == 0 && m.RedundantBy is null);

    public bool IsVacuous => !Refuted.Any() && Report.Vacuous.Count > 0;

    public Verdict Verdict =>
        Refuted.Any() ? Verdict.Violated
        : Report.IsInterrupted || IsVacuous || Proved < Queries || Unaccounted.Any() ? Verdict.Inconclusive
        : Verdict.Holds;

    /// <summary>Why the verdict is inconclusive; null for the others.</summary>
    public string? Reason =>
        Verdict != Verdict.Inconclusive ? null
        : Report.IsInterrupted ? "the proof was interrupted"
        : Unknown.Any() ? $"the solver gave up on {Words.Count(Unknown.Count(), "query", "queries")}"
        : IsVacuous ? $"vacuous: no state satisfies the guard of {string.Join(", ", Report.Vacuous)}"
        : Unaccounted.Any() ? $"{Words.Count(Unaccounted.Count(), "guard")} can be dropped unnoticed"
        : $"{Words.Count(Queries - Proved, "query", "queries")} left open";

    public int ExitCode =>
        Verdict == Verdict.Violated ? Cli.ExitCode.Violated
        : Report.IsInterrupted ? Cli.ExitCode.Interrupted
        : Verdict == Verdict.Holds ? Cli.ExitCode.Holds
        : IsVacuous ? Cli.ExitCode.Vacuous
        : Cli.ExitCode.Inconclusive;
}
