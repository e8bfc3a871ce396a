using System.Globalization;
using Conformance.Runs;

namespace Cli.Replay;

/// <summary>The report of a replay: the steps and what came of them, then the verdict, beside the trace's.</summary>
internal static class ReplayText
{
    public static string Of(ReplayArguments arguments, ReplayOutcome outcome)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        text.WriteLine($"a trace of {outcome.Kind}, replayed on {(outcome.On == ReplayArguments.Xen ? "real Xen" : $"the {outcome.On}")}{(outcome.Fault is { } fault ? $" with {fault} made again" : "")}");
        text.WriteLine();
        const int widest = 100;
        int width = outcome.Steps.Select(s => s.Action.Length).Where(w => w <= widest).DefaultIfEmpty(0).Max();
        for (int i = 0; i < outcome.Steps.Count; i++) WriteStep(text, i + 1, outcome.Steps[i], width);

        text.WriteLine();
        if (outcome.Now.Witness is { } witness)
        {
            text.WriteLine($"   ✗  {witness}");
            text.WriteLine();
        }

        text.WriteLine(Painted.Headline(arguments.IsPlain, outcome.Now.Verdict, Headline(outcome)));
        if (outcome.Now.Says is { } says) text.WriteLine($"      {says}");
        text.WriteLine($"      replay: {arguments.Again()}");
        return text.ToString();
    }

    private static void WriteStep(StringWriter text, int number, ReplayStep step, int width)
    {
        string came = step.Now ?? (step.Recorded is null ? "" : "not reached");
        string trace = step.Recorded == step.Now ? "" : step.Recorded is { } then ? $"   in the trace {then}" : "   not so in the trace";
        string model = step.Expected is { } expected ? $"   the model: {expected}" : "";
        text.WriteLine($"{number,4}  {step.Action.PadRight(width)}  {came}{model}{trace}".TrimEnd());
        foreach (string difference in step.Differences) text.WriteLine($"        {difference}");
    }

    private static string Headline(ReplayOutcome outcome) => outcome switch
    {
        { Now.Verdict: Verdict.Holds, Recorded.Verdict: Verdict.Holds } => "HOLDS  as in the trace",
        { Now.Verdict: Verdict.Holds } => $"HOLDS  the failure of the trace no longer shows: {Told(outcome.Recorded)}",
        { IsSame: true } => $"{Told(outcome.Now)}, as in the trace",
        { IsSameVerdict: true } => $"{Told(outcome.Now)}, as in the trace; but not every step comes out as it did",
        _ => $"{Told(outcome.Now)}; not as in the trace: {Told(outcome.Recorded)}",
    };

    private static string Told(ReplayVerdict verdict) => verdict.Verdict switch
    {
        Verdict.Violated => $"VIOLATED  {verdict.Property}  at step {verdict.Step}{Class(verdict)}",
        Verdict.Diverged => $"DIVERGED  {verdict.Property}  at step {verdict.Step}{Class(verdict)}",
        _ => "HOLDS",
    };

    private static string Class(ReplayVerdict verdict) => verdict.Class is { } name ? $" ({name})" : "";
}
