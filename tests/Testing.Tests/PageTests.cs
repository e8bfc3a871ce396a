using System.Runtime.CompilerServices;

namespace Testing.Tests;

/// <summary>What docs/writing-properties.md shows is what is compiled here.</summary>
public class PageTests
{
    [Fact]
    public void The_property_on_the_page_is_the_one_that_runs() =>
        Assert.Equal(File.ReadAllText(Beside("IsolationTests.cs")), Between(File.ReadAllText(Beside("../../docs/writing-properties.md")), "```csharp\n", "```\n"));

    [Fact]
    public void The_page_is_short() => Assert.InRange(File.ReadLines(Beside("../../docs/writing-properties.md")).Count(), 1, 80);

    private static string Between(string text, string opening, string closing) => text.Split(opening, 2)[1].Split(closing, 2)[0];

    private static string Beside(string file, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, file);
}
