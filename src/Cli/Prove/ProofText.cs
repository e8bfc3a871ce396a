using System.Globalization;
using Checking.Proving;
using Checking.Traces;
using Conformance.Runs;
using Model.Rings.Faults;

namespace Cli.Prove;

/// <summary>The report of a proof: counterexamples to induction first, then the verdict and what it rests on.</summary>
internal static class ProofText
{
    /// <summary>Counterexamples shown in full; of the others only step and invariant are named.</summary>
    private const int Shown = 3;

    private const string AnySize = "for any number of frames, entries, domains and vCPUs";

    public static string Of(ProveArguments arguments, ProofOutcome outcome)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        foreach (Failure failure in outcome.Refuted.Where(f => f.Counterexample is not null).Take(Shown)) WriteCounterexample(text, failure);

        ProofReport report = outcome.Report;
        text.WriteLine(Painted.Headline(arguments.Presentation.IsPlain, outcome.Verdict, Headline(outcome)));
        foreach (Failure failure in outcome.Refuted) text.WriteLine($"      not proved   {failure.Step}: {failure.Invariant} ({failure.Group})");
        foreach (Failure failure in outcome.Unknown) text.WriteLine($"      unknown      {failure.Step}: {failure.Invariant} ({failure.Group}): {failure.Reason}");
        Faults.Write(text, report.Fault);
        text.WriteLine($"      scope        {Words.Count(report.Steps, "micro-step")}, {Words.Count(report.Invariants, "invariant")}; {Of(report)}");
        text.WriteLine("      not covered  grants, event channels, timing: docs/what-is-not-covered.md");
        if (report.OfRest.Count > 0) text.WriteLine($"      not proved   {string.Join(", ", report.OfRest)}: said of the state between requests; ./ringfence check looks at it");
        text.WriteLine($"      vacuous      {(report.Vacuous.Count == 0 ? "none: every step can be taken" : string.Join(", ", report.Vacuous))}{(report.Shut.Count == 0 ? "" : ", but")}");
        foreach ((string step, string why) in report.Shut) text.WriteLine($"                   {step}: {why}");
        text.WriteLine($"      solver       Z3 {report.SolverVersion}");
        text.WriteLine($"      cost         {Words.Seconds(outcome.Seconds)}, {Words.Seconds(report.CpuSeconds)} of CPU");
        if (outcome.Refuted.Any())
        {
            text.WriteLine($"      an attack?   boot need not lead to such a state; for requests that a guest could make: {Attack(arguments)}");
            text.WriteLine($"      again        {arguments.Replay()}");
        }

        WriteGroups(text, report);
        if (report.Mutants.Count > 0) WriteMutants(text, outcome);
        return text.ToString();
    }

    /// <summary>What the steps are about: memory, ring protection, or both.</summary>
    private static string Of(ProofReport report) => string.Join("; ", ((string[])
    [
        report.Groups.Any(g => g.Group == "inductive") ? "four levels of tables, linear ones included" : "",
        report.Groups.Any(g => g.Group == "rings") ? "guests of 32 and 64 bits" : "",
    ]).Where(w => w.Length != 0));

    private static string Attack(ProveArguments arguments) => arguments.Fault is { } id && RingFault.Find(id) is not null
        ? new CommandWords("check", "rings").Add("--fault", id).ToString()
        : new CommandWords("refute").Add("--fault", arguments.Fault).ToString();

    private static string Headline(ProofOutcome outcome) => outcome switch
    {
        { Verdict: Verdict.Holds } => $"HOLDS  {outcome.Proved:N0} of {outcome.Queries:N0} queries proved, {AnySize}",
        { Verdict: Verdict.Violated } =>
            $"VIOLATED  {string.Join(", ", outcome.Refuted.Select(f => f.Invariant).Distinct())}  by {string.Join(", ", outcome.Refuted.Select(f => f.Step).Distinct())}",
        { IsVacuous: true, Report.IsInterrupted: false } => $"VACUOUS  {outcome.Reason!["vacuous: ".Length..]}",
        _ => $"INCONCLUSIVE  {outcome.Reason}; {outcome.Proved:N0} of {outcome.Queries:N0} queries proved",
    };

    private static void WriteCounterexample(StringWriter text, Failure failure) =>
        TraceText.Write(text, Tracing.Of(failure, failure.Counterexample!), "a state in which every invariant holds", isWhole: true);

    private static void WriteGroups(StringWriter text, ProofReport report)
    {
        int width = report.Groups.Select(g => g.Group.Length).Append("group".Length).Max();
        text.WriteLine();
        text.WriteLine($"      {"group".PadRight(width)}  queries  proved");
        foreach ((string group, int queries, int proved) in report.Groups)
            text.WriteLine($"      {group.PadRight(width)}  {queries,7:N0}  {proved,6:N0}");
    }

    private static void WriteMutants(StringWriter text, ProofOutcome outcome)
    {
        IReadOnlyList<Mutant> mutants = outcome.Report.Mutants;
        int caught = mutants.Count(m => m.CaughtBy.Count > 0), redundant = mutants.Count(m => m.CaughtBy.Count == 0 && m.RedundantBy is not null);
        text.WriteLine();
        text.WriteLine(
            $"      mutation     {Words.Count(mutants.Count, "guard")} dropped one at a time: {caught} caught by an invariant, " +
            $"{redundant} redundant as spec/ says, {outcome.Unaccounted.Count()} unaccounted for");
        foreach (Mutant mutant in outcome.Unaccounted) text.WriteLine($"      unaccounted  {mutant.Step}: {mutant.Guard}");
    }
}
