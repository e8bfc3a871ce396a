using System.Text.RegularExpressions;
using Checking.Traces;

namespace Cli;

/// <summary>A trace as a person reads it: the claim, its source, the steps with what each changed, the witness.</summary>
internal static partial class TraceText
{
    /// <summary>More facts at a time than this are counted, not told; the trace file has them all.</summary>
    private const int FactsTold = 16;

    /// <param name="to">where to</param>
    /// <param name="trace">what was found</param>
    /// <param name="beginning">what the first state is: "boot"</param>
    /// <param name="isWhole">tell every fact of the first state, not only those that the steps speak of</param>
    public static void Write(TextWriter to, Trace trace, string beginning, bool isWhole)
    {
        to.WriteLine($"FAIL  {trace.Property}  {trace.Says}");
        to.WriteLine($"      {trace.Source}");
        to.WriteLine();
        to.WriteLine($"   0  {beginning}");

        KeyValuePair<string, string>[] start = [.. trace.Start.Where(f => isWhole || IsTold(trace, f.Key))];
        int width = Width(start.Select(f => f.Key).Concat(trace.Steps.SelectMany(s => s.Changes).Select(c => c.Fact)));
        WriteLines(to, "          ", start.Select(f => Fact(f.Key, f.Value, width)));

        int column = Width(trace.Steps.Select(s => Answered().Match(s.Action)).Where(m => m.Success).Select(m => m.Groups["asked"].Value));
        for (int i = 0; i < trace.Steps.Count; i++)
        {
            to.WriteLine();
            to.WriteLine($"{i + 1,4}  {Aligned(trace.Steps[i].Action, column)}");
            WriteLines(to, "        ", trace.Steps[i].Changes.SelectMany(c => Lines(c, width)));
        }

        to.WriteLine();
        to.WriteLine($"   ✗  {trace.Witness}");
        to.WriteLine();
    }

    /// <summary>Where the trace was written, if it was, and the command that replays it.</summary>
    public static void WriteFile(TextWriter to, string? path)
    {
        if (path is null) return;
        to.WriteLine($"      trace:  {path}");
        to.WriteLine($"      replay: {new CommandWords("replay", path)}");
    }

    private static void WriteLines(TextWriter to, string margin, IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        foreach (string line in all.Take(FactsTold)) to.WriteLine($"{margin}{line}");
        if (all.Length > FactsTold) to.WriteLine($"{margin}... and {Words.Count(all.Length - FactsTold, "more line")}");
    }

    private static IEnumerable<string> Lines(Change change, int width)
    {
        if (change.Before is { } before) yield return $"- {Fact(change.Fact, before, width)}";
        if (change.After is { } after) yield return $"+ {Fact(change.Fact, after, width)}";
    }

    private static string Fact(string fact, string value, int width) => $"{fact.PadRight(width)}  {value}".TrimEnd();

    /// <summary>Whether a fact of the first state has a part in what follows: it changes, or it is spoken of.</summary>
    private static bool IsTold(Trace trace, string fact) =>
        Names(trace.Witness, fact) || trace.Steps.Any(s => Names(s.Action, fact) || s.Changes.Any(c => c.Fact == fact));

    private static bool Names(string text, string fact) => Regex.IsMatch(text, $@"(?<!\w){Regex.Escape(fact)}(?![\w\[])");

    /// <summary>The answers of all steps stand under each other.</summary>
    private static string Aligned(string action, int column)
    {
        Match answered = Answered().Match(action);
        return answered.Success ? $"{answered.Groups["asked"].Value.PadRight(column)}  {answered.Groups["answer"].Value}" : action;
    }

    private static int Width(IEnumerable<string> texts) => texts.Select(t => t.Length).DefaultIfEmpty(0).Max();

    [GeneratedRegex(@"^(?<asked>.*?)\s+(?<answer>= -?\d.*)$")]
    private static partial Regex Answered();
}
