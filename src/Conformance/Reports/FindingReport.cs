using Conformance.Watch;
using Model;

namespace Conformance.Reports;

/// <summary>A failure as a person reads it: the claim, its source, the story, the witness, the line that replays it.</summary>
public static class FindingReport
{
    /// <summary>More changes of one step than this are counted, not told; the trace file has them all.</summary>
    private const int ChangesTold = 12;

    /// <param name="to">where to</param>
    /// <param name="finding">what was found</param>
    /// <param name="replay">the command that reproduces it</param>
    /// <param name="trace">path of the trace file, or null if none was written</param>
    public static void Write(TextWriter to, Finding finding, string replay, string? trace)
    {
        to.WriteLine($"FAIL  {finding.Claim}  {finding.Says}");
        to.WriteLine($"      {finding.Source}");
        to.WriteLine();
        to.WriteLine(finding.Untold > 0 ? $"   0  boot, then {finding.Untold:N0} steps left out" : "   0  boot");
        foreach (FrameState start in finding.Start) to.WriteLine($"          {start.Frame,-14} {start.Facts}");

        foreach (StoryStep step in finding.Steps) WriteStep(to, step);
        WriteDifferences(to, finding.Differences);

        to.WriteLine();
        if (finding.Witness is { } witness)
        {
            to.WriteLine($"   ✗  {witness}");
            to.WriteLine();
        }

        if (trace is not null) to.WriteLine($"      trace:  {trace}");
        to.WriteLine($"      replay: {replay}");
    }

    private static void WriteStep(TextWriter to, StoryStep step)
    {
        string asked = $"{step.Number,4}  {step.Actor,-5} {step.Call,-18} {step.Arguments}";
        string answer = step.Answer is { } rax ? $" = {Answer(rax)}" : "";
        string expected = step.Expected is { } must ? $"      must be {Answer(must)}" : "";
        to.WriteLine();
        to.WriteLine($"{asked,-60}{answer}{expected}".TrimEnd());

        string[] lines =
        [
            .. step.Frames.SelectMany<FrameChange, string>(f => [$"- {f.Frame,-14} {f.Before}", $"+ {f.Frame,-14} {f.After}"]),
            .. step.Entries.SelectMany(Lines),
        ];
        foreach (string line in lines.Take(ChangesTold)) to.WriteLine($"        {line}");
        if (lines.Length > ChangesTold) to.WriteLine($"        ... and {lines.Length - ChangesTold} more lines");
    }

    private static IEnumerable<string> Lines(EntryChange change)
    {
        (string before, string after) = EntryText.Of(change.Before, change.After);
        string slot = $"{change.Table}[{change.Slot}]";
        if (change.Before.IsPresent) yield return $"- {slot,-14} {before}";
        if (change.After.IsPresent) yield return $"+ {slot,-14} {after}";
    }

    private static void WriteDifferences(TextWriter to, IReadOnlyList<Difference> differences)
    {
        if (differences.Count == 0) return;
        to.WriteLine();
        foreach (Difference d in differences.Take(ChangesTold))
        {
            to.WriteLine($"   ✗  {d.What}");
            to.WriteLine($"        model           {d.Model}");
            to.WriteLine($"        implementation  {d.Implementation}");
        }

        if (differences.Count > ChangesTold) to.WriteLine($"   ✗  ... and {differences.Count - ChangesTold} more differences");
    }

    /// <summary>An answer with the name of its errno (xen/include/public/errno.h).</summary>
    public static string Answer(long rax) => rax switch
    {
        -1 => "-1 EPERM",
        -2 => "-2 ENOENT",
        -3 => "-3 ESRCH",
        -7 => "-7 E2BIG",
        -11 => "-11 EAGAIN",
        -12 => "-12 ENOMEM",
        -13 => "-13 EACCES",
        -14 => "-14 EFAULT",
        -16 => "-16 EBUSY",
        -17 => "-17 EEXIST",
        -22 => "-22 EINVAL",
        -38 => "-38 ENOSYS",
        -85 => "-85 ERESTART",
        -95 => "-95 EOPNOTSUPP",
        _ => $"{rax}",
    };
}
