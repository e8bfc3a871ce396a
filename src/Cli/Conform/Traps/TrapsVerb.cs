using System.Globalization;
using Conformance.RealXen;
using Conformance.Runs;
using Conformance.Traps;

namespace Cli.Conform.Traps;

/// <summary>Carries out <c>ringfence conform traps</c>.</summary>
internal static class TrapsVerb
{
    public static int Execute(TrapsArguments arguments) => Verb.Execute("conform traps", arguments.Again(), () => Run(arguments));

    private static int Run(TrapsArguments arguments)
    {
        using Interruption interruption = new();
        ProgressLine line = new();
        List<TrapsOfKind> runs = [];
        bool isInterrupted = false;
        try
        {
            foreach (ITrapTarget target in Targets(arguments, interruption.Token)) runs.Add(Hold(arguments, target, line, interruption.Token));
        }
        catch (OperationCanceledException)
        {
            isInterrupted = true;
        }

        line.Clear();
        Verdict verdict = runs.Any(r => r.Differences.Count > 0) ? Verdict.Diverged : isInterrupted ? Verdict.Inconclusive : Verdict.Holds;
        StandardOutput output = new();
        output.Write(arguments.Presentation.IsJson ? AnswerJson.Text(TrapsAnswer.Of(arguments, verdict, runs)) : Text(arguments, verdict, runs));
        output.ThrowIfFailed();
        return verdict switch { Verdict.Diverged => ExitCode.Diverged, Verdict.Inconclusive => ExitCode.Interrupted, _ => ExitCode.Holds };
    }

    private static ITrapTarget[] Targets(TrapsArguments arguments, CancellationToken cancel) => arguments.IsOnXen
        ? [RealXen.StartTraps(cancel)]
        : [new TrapsHere(RealXen.TrapsGuest(is32Bit: false), is32Bit: false), new TrapsHere(RealXen.TrapsGuest(is32Bit: true), is32Bit: true)];

    private static TrapsOfKind Hold(TrapsArguments arguments, ITrapTarget target, ProgressLine line, CancellationToken cancel)
    {
        int all = TrapVerdict.Crashes(target.Is32Bit);
        IReadOnlyList<int> chosen = arguments.Chosen(all);
        List<TrapDifference?> differences = [TrapVerdict.OfRest(target)];
        foreach (int number in chosen)
        {
            cancel.ThrowIfCancellationRequested();
            line.Show($"{target.Name}: {differences.Count - 1} of {chosen.Count} that end the domain in {Words.Seconds(line.Elapsed.TotalSeconds)}");
            differences.Add(TrapVerdict.OfCrash(target, number));
        }

        return new(target.Name, TrapVerdict.Lines(target.Is32Bit), chosen.Count, all, [.. differences.OfType<TrapDifference>()]);
    }

    private static string Text(TrapsArguments arguments, Verdict verdict, IReadOnlyList<TrapsOfKind> runs)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        foreach (TrapsOfKind run in runs)
        {
            foreach (TrapDifference difference in run.Differences)
            {
                text.WriteLine($"FAIL  {run.Target}{(difference.Case is { } number ? $", case={number}" : "")}");
                text.WriteLine($"        model   {difference.Expected}");
                text.WriteLine($"        target  {difference.Got}");
                text.WriteLine();
            }
        }

        text.WriteLine(Painted.Headline(arguments.Presentation.IsPlain, verdict, verdict switch
        {
            Verdict.Holds => "HOLDS  handlers see what the model says, and what nobody can be told of ends the domain",
            Verdict.Diverged => "DIVERGED  what handlers see is not what the model says",
            _ => "INCONCLUSIVE  interrupted",
        }));
        foreach (TrapsOfKind run in runs)
            text.WriteLine($"      {run.Target,-20} {Words.Count(run.Lines, "line")} compared; {run.Crashes} of {Words.Count(run.AllCrashes, "trap")} that end the domain");

        text.WriteLine($"      again                {arguments.Again()}");
        return text.ToString();
    }
}
