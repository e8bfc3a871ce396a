using System.Globalization;

namespace ExplorerBench;

/// <summary>The table for people.</summary>
internal static class TextReport
{
    public static void Write(TextWriter to, IReadOnlyList<Results> all)
    {
        to.WriteLine("row        engine                     states    transitions     CPU s   states/CPU-s   bytes/state    /SPIN");
        foreach (Results results in all)
        {
            Line(to, results, "ringfence, 1 worker", results.One);
            Line(to, results, "ringfence, 2 workers", results.Two);
            if (results.Spin is { } spin) Line(to, results, "SPIN", spin);
        }

        to.WriteLine();
        foreach (Results results in all)
        {
            to.WriteLine(Invariant($"row {results.Row}: the median of {results.Runs} in CPU time; what is run was compiled before, for all engines"));
            to.WriteLine(Invariant($"row {results.Row}: two workers take {results.Sharing:0.00} times the CPU time of one"));
            foreach (string problem in results.Problems()) to.WriteLine(Invariant($"row {results.Row}: {problem}"));
            if (!results.Agrees) to.WriteLine(Invariant($"row {results.Row}: the counts DISAGREE"));
        }

        if (all.All(r => r.Spin is not null))
        {
            string[] missed = [.. all.SelectMany(r => r.Missed())];
            to.WriteLine(Invariant($"targets    {Results.SpeedTarget}x SPIN, {Results.BytesTarget} bytes a state, {Results.SharingTarget:0.00} times the CPU time with two workers: {(missed.Length == 0 ? "met" : "MISSED")}"));
            foreach (string line in missed) to.WriteLine($"           {line}");
        }
    }

    private static void Line(TextWriter to, Results results, string engine, Measurement m)
    {
        double? ratio = m.StatesPerCpuSecond / results.Spin?.StatesPerCpuSecond;
        to.WriteLine(Invariant(
            $"{results.Row,-8}   {engine,-20}  {m.States,11:N0}  {m.Transitions,13:N0}  {m.CpuSeconds,8:0.00}  {m.StatesPerCpuSecond,13:N0}  {m.BytesPerState,12:0.0}  {ratio,7:0.00}"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
