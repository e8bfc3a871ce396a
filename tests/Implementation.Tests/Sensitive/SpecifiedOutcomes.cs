namespace Implementation.Tests.Sensitive;

/// <summary>The table of outcomes in spec/12-virtual-cpu.md.</summary>
internal static class SpecifiedOutcomes
{
    private const string FirstHeading = "instruction executed by";

    /// <summary>Its rows: an instruction, and its outcome by the name of the mode.</summary>
    public static IReadOnlyList<(string Name, Dictionary<string, string> Outcomes)> Read(string text)
    {
        string[][] rows = [.. text.Split('\n').SkipWhile(line => !line.StartsWith($"| {FirstHeading} |", StringComparison.Ordinal))
            .TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1])];
        string[] modes = rows[0][1..];
        return [.. rows[2..].Select(row => (row[0], modes.Zip(row[1..]).ToDictionary(pair => pair.First, pair => pair.Second)))];
    }
}
