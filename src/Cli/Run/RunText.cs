using System.Globalization;
using Conformance.Reports;
using Conformance.Runs;
using Conformance.Watch;

namespace Cli.Run;

/// <summary>The verdict block at the end of a run: verdict, scope, and what is not covered.</summary>
internal static class RunText
{
    public static string Of(RunArguments arguments, RunOutcome outcome, string? trace, bool startsOnNewLine)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        if (startsOnNewLine) text.WriteLine();
        text.WriteLine();
        if (outcome.Finding is { } finding)
        {
            FindingReport.Write(text, finding, arguments.Replay(), trace);
            text.WriteLine();
        }

        text.WriteLine(Painted.Headline(arguments.IsPlain, outcome.Verdict, Headline(outcome)));
        text.WriteLine($"      stopped by   {Stop(outcome)}");
        if (outcome.IsWatched) WriteScope(text, outcome);
        string instructions = Plural(outcome.Instructions, "instruction");
        text.WriteLine($"      guest        {outcome.Mode}, {instructions}, {outcome.CpuSeconds:0.00} s of CPU, seed {outcome.Seed}");
        foreach (string form in outcome.Unimplemented) text.WriteLine($"      not executed {form} (#UD in the guest)");
        return text.ToString();
    }

    private static string Headline(RunOutcome outcome) => outcome.Verdict switch
    {
        Verdict.Holds => "HOLDS  hypervisor and model agree, and no isolation invariant is broken",
        Verdict.Violated => $"VIOLATED  {outcome.Finding!.Claim}",
        Verdict.Diverged => "DIVERGED  hypervisor and model differ",
        _ => $"INCONCLUSIVE  {outcome.Reason}",
    };

    private static string Stop(RunOutcome outcome) => outcome.StoppedBy switch
    {
        StoppedBy.Until => $"the text '{outcome.Until}' on the console",
        StoppedBy.Shutdown => $"the guest's shutdown: {outcome.ShutdownReason}",
        StoppedBy.Crash => $"a crash of the guest: {outcome.ShutdownReason}",
        StoppedBy.Limit when outcome.LimitReached == "idle" => "an idle guest, with no more keys to come",
        StoppedBy.Limit => "the limit of instructions",
        StoppedBy.Interrupt => "an interrupt",
        _ => "the watch",
    };

    private static void WriteScope(StringWriter text, RunOutcome outcome)
    {
        WatchCounts counts = outcome.Counts;
        IEnumerable<string> busiest =
            outcome.Hypercalls.OrderByDescending(h => h.Value).ThenBy(h => h.Key).Take(4).Select(h => $"{h.Value:N0} {h.Key}");
        string calls = $"{Plural(counts.Hypercalls, "hypercall")} ({string.Join(", ", busiest)})";
        string rest = $"{Plural(counts.EntryUpdates, "entry update")}, {Plural(counts.TranslationsCached, "TLB fill")}";
        text.WriteLine($"      compared     {calls}, {rest}: {Plural(counts.Comparisons, "value")}");
        text.WriteLine($"      followed     {Plural(counts.GuestExits, "way")} out of guest code and back, {Plural(counts.BounceFrames, "bounce frame")}");
        text.WriteLine($"      re-checked   {Plural(counts.InvariantChecks, "instance")} of invariants on what was touched{AtEnd(counts)}");
        text.WriteLine("      not covered  grants, event channels, timing; the processor is tested apart");
    }

    private static string AtEnd(WatchCounts counts) =>
        counts.FramesAtEnd == 0 ? "" : $"; at the end all {counts.InvariantsAtEnd} on all {Plural(counts.FramesAtEnd, "frame")}";

    private static string Plural(ulong n, string noun) => n == 1 ? $"1 {noun}" : $"{n:N0} {noun}s";
}
