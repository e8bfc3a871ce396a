using System.Globalization;
using Checking.Refuting;
using Conformance.Runs;

namespace Cli.Refute;

/// <summary>The report of a search for an attack: the attack if there is one, the verdict, and its bounds.</summary>
internal static class RefutationText
{
    public static string Of(RefuteArguments arguments, RefutationOutcome outcome)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        if (outcome.Trace is { } trace)
        {
            TraceText.Write(text, trace, "boot", isWhole: false);
            text.WriteLine($"      shortest of all attacks in these bounds; replayed on the concrete model; found in {Words.Seconds(outcome.Seconds)}");
            TraceText.WriteFile(text, outcome.TraceFile);
            text.WriteLine($"      again:  {arguments.Replay()}");
            text.WriteLine();
        }

        Refutation found = outcome.Found;
        text.WriteLine(Painted.Headline(arguments.Presentation.IsPlain, outcome.Verdict, Headline(outcome)));
        Faults.Write(text, arguments.Fault);
        text.WriteLine($"      scope        {found.Scope}");
        text.WriteLine($"      bounds       {found.Bounds}");
        text.WriteLine("      not covered  longer attacks, and larger sizes: ./ringfence prove;");
        text.WriteLine("                   grants, event channels, descriptor contents, timing: docs/what-is-not-covered.md");
        text.WriteLine($"      cost         {Words.Seconds(outcome.Seconds)}, {Words.Seconds(found.CpuSeconds)} of CPU");
        return text.ToString();
    }

    private static string Headline(RefutationOutcome outcome) => outcome.Verdict switch
    {
        Verdict.Violated => $"VIOLATED  {outcome.Found.Attack!.Property}  by an attack of {Requests(outcome.Found.Attack.Steps.Count)}",
        Verdict.Holds => $"HOLDS  no attack of up to {Requests(outcome.Found.CompleteTo)}, in the bounds below",
        _ => $"INCONCLUSIVE  {outcome.Reason}; no attack of up to {Requests(outcome.Found.CompleteTo)}, of {outcome.Asked} asked for",
    };

    private static string Requests(int n) => Words.Count(n, "request");
}
