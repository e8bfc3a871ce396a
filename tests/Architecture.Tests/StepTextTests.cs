using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>Steps, invariants and observations are read by solvers too, so their text has no choices and no loops of the host language.</summary>
public sealed partial class StepTextTests
{
    private static readonly string[] Folders = ["Steps", "Invariants", "Observation", "Rings"];

    public static TheoryData<string> Files =>
    [
        .. from folder in Folders
           from file in Directory.EnumerateFiles(Path.Combine(ClauseTests.Root, "src", "Model", folder), "*.cs")
           select Path.GetRelativePath(ClauseTests.Root, file),
    ];

    [Theory, MemberData(nameof(Files))]
    public void A_step_neither_branches_nor_loops(string file)
    {
        string[] offending =
        [
            .. File.ReadLines(Path.Combine(ClauseTests.Root, file))
                .Select(line => Quoted().Replace(line.Split("//")[0], ""))
                .Where(line => Forbidden().IsMatch(line)),
        ];

        Assert.Empty(offending);
    }

    [Theory, MemberData(nameof(Files))]
    public void A_step_knows_no_concrete_value(string file) =>
        Assert.DoesNotContain("Concrete", File.ReadAllText(Path.Combine(ClauseTests.Root, file)), StringComparison.Ordinal);

    /// <summary>Texts, such as an invariant's witness, may choose their words.</summary>
    [GeneratedRegex("\\$?\"(?:[^\"{]|\\{[^}]*\\})*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\b(if|else|for|foreach|while|do|switch|goto|try|throw)\b| \? |&&|\|\|")]
    private static partial Regex Forbidden();
}
