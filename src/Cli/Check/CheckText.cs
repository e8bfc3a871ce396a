using System.Globalization;
using Checking.Exploration;
using Conformance.Runs;

namespace Cli.Check;

/// <summary>The report of a search: the trace if something is violated, the verdict, the scope, what was seen and what was not.</summary>
internal static class CheckText
{
    public static string Of(CheckArguments arguments, CheckOutcome outcome)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        if (outcome.Trace is { } trace)
        {
            TraceText.Write(text, trace, "boot", isWhole: false);
            text.WriteLine($"      shortest of all paths; {Words.Count(outcome.Found.DistinctStates, "state")} searched in {Words.Seconds(outcome.Seconds)}");
            TraceText.WriteFile(text, outcome.TraceFile);
            text.WriteLine($"      again:  {arguments.Replay()}");
            text.WriteLine();
        }

        text.WriteLine(Painted.Headline(arguments.Presentation.IsPlain, outcome.Verdict, Headline(outcome)));
        Faults.Write(text, arguments.Fault);
        WriteScope(text, outcome);
        WriteSearch(text, outcome);
        WriteProperties(text, outcome);
        WriteWitnesses(text, outcome);
        if (outcome.Found.Checkpoint is { } folder) text.WriteLine($"      to go on     {arguments.ResumeFrom(folder)}");
        else if (outcome.Found.StoppedBy is not (StopReason.Complete or StopReason.Violated)) text.WriteLine("      to go on     no checkpoint was kept");

        return text.ToString();
    }

    private static string Headline(CheckOutcome outcome)
    {
        Exploration found = outcome.Found;
        int holding = found.Properties.Count(p => outcome.VerdictOf(p) == "holds");
        return outcome switch
        {
            { Verdict: Verdict.Violated } => $"VIOLATED  {string.Join(", ", found.Properties.Where(p => p.Depth is not null).Select(p => p.Property.Id))}  in {found.Scope}",
            { Verdict: Verdict.Holds } => $"HOLDS  {holding} of {found.Properties.Count} properties in every reachable state of {found.Scope}",
            { IsVacuous: true } => $"VACUOUS  {found.Scope} shows too little: {Listed(outcome.Missing, 6)} never seen",
            _ => $"INCONCLUSIVE  {outcome.Reason}; nothing is violated in the part of {found.Scope} that was seen",
        };
    }

    private static void WriteScope(StringWriter text, CheckOutcome outcome)
    {
        text.WriteLine($"      scope        {outcome.Covers}");
        text.WriteLine(outcome.Found switch
        {
            _ when outcome.IsExhaustive => "                   exhaustive, and states are compared bit by bit",
            { StoppedBy: StopReason.Violated } => $"                   every state within {Words.Count(outcome.Found.Depth - 1, "step")} of the first was seen, and none beyond",
            { IsComplete: true } => "                   not exhaustive: where it says so above, what follows was not looked at",
            _ => $"                   not exhaustive: the search ended at depth {outcome.Found.Depth}",
        });
        text.WriteLine($"      not covered  {outcome.Omits}");
    }

    private static void WriteSearch(StringWriter text, CheckOutcome outcome)
    {
        Exploration found = outcome.Found;
        text.WriteLine($"      searched     {Words.Count(found.DistinctStates, "state")}, {Words.Count(found.Transitions, "transition")}, depth {found.Depth}");
        if (found.Symmetry)
            text.WriteLine($"      symmetry     each stands for all that differ only in names: {Words.Count(found.FullStates ?? 0, "state")} without it");
        double rate = found.CpuSeconds > 0 ? found.DistinctStates / found.CpuSeconds : 0;
        text.WriteLine(
            $"      cost         {Words.Seconds(outcome.Seconds)}, {Words.Seconds(found.CpuSeconds)} of CPU, {rate:N0} states per CPU second, " +
            $"{found.BytesPerState:0.0} bytes a state, {Words.Bytes(found.PeakMemory)} at most");
    }

    private static void WriteProperties(StringWriter text, CheckOutcome outcome)
    {
        text.WriteLine();
        ILookup<string, PropertyResult> properties = outcome.Found.Properties.ToLookup(outcome.VerdictOf);
        WriteList(text, "violated", properties["violated"].Select(p => $"{p.Property.Id} after {Words.Count(p.Depth ?? 0, "step")}"));
        WriteList(text, "not reached", properties["notReached"].Select(p => p.Property.Id));
        WriteList(text, "open", properties["open"].Select(p => p.Property.Id));
        WriteList(text, "holds", properties["holds"].Select(p => p.Property.Id));
    }

    private static void WriteWitnesses(StringWriter text, CheckOutcome outcome)
    {
        int never = outcome.NeverFired.Count(), possible = outcome.Actions.Count(a => a is { Impossible: null, IsLoss: false });
        if (possible == 0) return;
        text.WriteLine($"      witnesses    {possible - never} of {possible} reached{(outcome.Found.IsComplete ? "" : " so far")}: what can happen in this scope");
        if (!outcome.Found.IsComplete) return;
        WriteList(text, "never fired", outcome.NeverFired.Select(a => a.Id));
        foreach (IGrouping<string, Witness> group in outcome.Actions.Where(a => a.Impossible is not null).GroupBy(a => a.Impossible!))
            WriteList(text, "cannot be", group.Select(a => a.Id).SkipLast(1).Append($"{group.Last().Id}: {group.Key}"));
    }

    /// <summary>A list under its heading, in as many lines as it takes.</summary>
    private static void WriteList(StringWriter text, string heading, IEnumerable<string> items)
    {
        const int Width = 120;
        string line = $"      {heading,-12}", margin = new(' ', line.Length);
        bool isEmpty = true;
        foreach (string item in items)
        {
            if (!isEmpty) line += ",";
            if (line.Length + item.Length + 1 > Width)
            {
                text.WriteLine(line);
                line = margin;
            }

            line += $" {item}";
            isEmpty = false;
        }

        if (!isEmpty) text.WriteLine(line);
    }

    private static string Listed(IEnumerable<string> items, int most)
    {
        string[] all = [.. items];
        return string.Join(", ", all.Take(most)) + (all.Length > most ? $" and {all.Length - most} more" : "");
    }
}
