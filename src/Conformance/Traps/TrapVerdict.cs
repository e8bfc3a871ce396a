namespace Conformance.Traps;

/// <summary>A difference between what guests/traps said and what it must say.</summary>
/// <param name="Case">the number of what was to end the domain; null: it is in the run of all the rest</param>
/// <param name="Expected">by the model</param>
public sealed record TrapDifference(int? Case, string Expected, string Got);

/// <summary>Holds runs of guests/traps against the model.</summary>
public static class TrapVerdict
{
    private const string Nothing = "(nothing more)";

    /// <summary>How many lines the run has in which nothing ends the domain.</summary>
    public static int Lines(bool is32Bit) => TrapText.Expected(is32Bit).Count;

    /// <summary>How many traps end the domain, each in a run of its own: their numbers are less than that.</summary>
    public static int Crashes(bool is32Bit) => TrapCrash.All(is32Bit).Count;

    /// <summary>Runs everything that does not end the domain.</summary>
    /// <returns>the first difference; null if there is none</returns>
    public static TrapDifference? OfRest(ITrapTarget target) => Difference(null, TrapText.Expected(target.Is32Bit), isGivenUp: false, target.Run(null));

    /// <summary>Runs a trap that ends the domain.</summary>
    /// <returns>the first difference; null if there is none</returns>
    public static TrapDifference? OfCrash(ITrapTarget target, int number)
    {
        TrapCrash crash = TrapCrash.All(target.Is32Bit)[number];
        TrapRun run = target.Run(number);
        TrapDifference? difference = Difference(number, [TrapText.Begin, crash.Name], crash.IsGivenUp, run);
        // Both hypervisors name what nobody handles, each in its own words.
        string? cause = crash.Unhandled?.Name[..3];
        bool isNamed = cause is null || run.Said?.Contains(cause, StringComparison.Ordinal) == true;
        return difference ?? (isNamed ? null : new(number, $"{cause} has no handler", run.Said ?? Nothing));
    }

    private static TrapDifference? Difference(int? number, IReadOnlyList<string> expected, bool isGivenUp, TrapRun run)
    {
        for (int i = 0; i < Math.Max(expected.Count, run.Lines.Count); i++)
        {
            (string must, string got) = (i < expected.Count ? expected[i] : Nothing, i < run.Lines.Count ? run.Lines[i] : $"{Nothing} {run.Said}".TrimEnd());
            if (must != got) return new(number, must, got);
        }

        if (isGivenUp != run.IsGivenUp) return new(number, isGivenUp ? "the domain is given up" : "the domain goes on", run.Said ?? "it goes on");
        return run.Finding is { } finding ? new(number, "the memory is as the model has it", finding) : null;
    }
}
