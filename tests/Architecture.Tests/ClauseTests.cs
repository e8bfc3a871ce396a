using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>The clauses of spec/ and the places that cite them are the same, in both directions.</summary>
public sealed partial class ClauseTests
{
    internal static readonly string Root = FindRoot();

    [Fact]
    public void Every_citation_names_a_clause()
    {
        HashSet<string> clauses = [.. Clauses().SelectMany(c => c.Ids)];

        string[] dangling = [.. Citations("src", "tests").Where(c => !clauses.Contains(c.Id)).Select(c => $"{c.Id} in {c.File}").Distinct()];

        Assert.True(dangling.Length == 0, string.Join("\n", dangling));
    }

    [Fact]
    public void Every_clause_and_every_condition_of_it_is_carried_out()
    {
        var proved = Citations("src/Checking/Proving", "src/Checking/Rings").Where(c => OfProofs().IsMatch(c.Id));
        var played = Citations("src/Conformance").Where(c => OfCampaigns().IsMatch(c.Id));
        HashSet<string> cited = [.. Citations("src/Model").Concat(proved).Concat(played).Select(c => c.Id)];

        string[] idle = [.. Clauses().SelectMany(c => c.Ids).Where(id => !id.StartsWith("R-", StringComparison.Ordinal) && !cited.Contains(id))];

        Assert.True(idle.Length == 0, string.Join("\n", idle));
    }

    [Fact]
    public void Every_invariant_and_the_refinement_are_tested()
    {
        HashSet<string> cited = [.. Citations("tests").Select(c => c.Id)];

        string[] untested = [.. Clauses().Select(c => c.Ids[0]).Where(id => Tested().IsMatch(id) && !cited.Contains(id))];

        Assert.True(untested.Length == 0, string.Join("\n", untested));
    }

    [Fact]
    public void Every_invariant_of_the_model_says_what_its_clause_says()
    {
        Dictionary<string, string> clauses = Clauses().ToDictionary(c => c.Ids[0], c => string.Join(' ', c.Text.Split(['\n', ' '], StringSplitOptions.RemoveEmptyEntries)));

        foreach (var invariant in new Model.Machine(new(1, [new(1)]) { Compat = [new(1)] }).Invariants)
        {
            string text = clauses[invariant.Id];
            string afterTitle = text[(text.IndexOf(".* ", StringComparison.Ordinal) + 3)..];
            Assert.StartsWith(invariant.Says, afterTitle, StringComparison.Ordinal);
            Assert.Contains($"*Source:* {invariant.Source.Split("; broken by ")[0]}.", text, StringComparison.Ordinal);
            Assert.Contains($"*Broken by:* {invariant.Source.Split("; broken by ")[1]};", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_invariant_of_ring_protection_says_what_its_clause_says()
    {
        Dictionary<string, string> clauses = Clauses().ToDictionary(c => c.Ids[0], c => string.Join(' ', c.Text.Split(['\n', ' '], StringSplitOptions.RemoveEmptyEntries)));

        foreach ((string id, string says, string source) in Checking.Rings.RingCatalogue.Invariants)
        {
            string[] sources = source.Split("; broken by ");
            string text = clauses[id];
            Assert.StartsWith(says, text[(text.IndexOf(".* ", StringComparison.Ordinal) + 3)..], StringComparison.Ordinal);
            Assert.Contains($"*Source:* {sources[0]}.", text, StringComparison.Ordinal);
            if (sources.Length > 1) Assert.Contains($"*Broken by:* {sources[1]};", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_clause_names_its_source()
    {
        string[] bare = [.. Clauses().Where(c => !c.Ids[0].StartsWith("D-", StringComparison.Ordinal) && !NoSource(c)).Select(c => c.Ids[0])];

        Assert.True(bare.Length == 0, string.Join("\n", bare));

        static bool NoSource(Clause c) => c.Text.Contains("*Source:*", StringComparison.Ordinal) || c.Ids[0] == "HC-19";
    }

    [Fact]
    public void No_clause_is_numbered_twice()
    {
        string[] twice = [.. Clauses().GroupBy(c => c.Ids[0]).Where(g => g.Count() > 1).Select(g => g.Key)];

        Assert.True(twice.Length == 0, string.Join("\n", twice));
    }

    [Fact]
    public void Every_condition_of_a_hypercall_is_a_guard_and_every_guard_is_one()
    {
        string[] steps = Enum.GetNames<Model.Step>();
        HashSet<string> clauses = [.. Clauses().SelectMany(c => c.Ids).Where(id => id.StartsWith("HC-", StringComparison.Ordinal))];
        string[] guards = [.. Model.Guards.All.Select(g => g.Id)];

        Assert.Equal(clauses.Where(id => id.Contains('.', StringComparison.Ordinal)).Order(), guards.Where(id => id.Contains('.', StringComparison.Ordinal)).Order());
        Assert.Empty(guards.Except([.. clauses, .. steps]));
        Assert.Equal(steps.Order(), guards.Intersect(steps).Order());
        Assert.Equal(guards.Length, guards.Distinct().Count());
    }

    [Fact]
    public void Every_guard_of_a_hypercall_fires_somewhere_in_the_programs()
    {
        HashSet<string> fired =
        [
            .. from file in Directory.EnumerateFiles(Path.Combine(Root, "src", "Model"), "*.cs", SearchOption.AllDirectories)
               from Match match in Firing().Matches(File.ReadAllText(file))
               from Match id in Citation().Matches(match.Value)
               select id.Value,
        ];

        Assert.Equal(Model.Guards.All.Select(g => g.Id).Where(id => id.StartsWith("HC-", StringComparison.Ordinal)).Order(), fired.Order());
    }

    [Fact]
    public void Every_micro_step_has_a_name_of_its_own()
    {
        string[] methods =
        [
            .. from file in Directory.EnumerateFiles(Path.Combine(Root, "src", "Model", "Steps"), "*.cs")
               from Match match in MicroStep().Matches(File.ReadAllText(file))
               select match.Groups[1].Value,
        ];

        Assert.Equal(methods.Order(), Enum.GetNames<Model.Step>().Order());
    }

    /// <summary>A clause: its number, then its number with each of its letters; and its text.</summary>
    private sealed record Clause(string[] Ids, string Text);

    private static IEnumerable<Clause> Clauses() =>
        from file in Directory.EnumerateFiles(Path.Combine(Root, "spec"), "*.md")
        from paragraph in File.ReadAllText(file).Split("\n\n")
        let heading = Heading().Match(paragraph)
        where heading.Success
        let id = heading.Groups[1].Value
        let letters = Letter().Matches(paragraph.Split("*Source:*")[0]).Select(m => $"{id}.{m.Groups[1].Value}")
        select new Clause([id, .. letters.Distinct()], paragraph);

    private static IEnumerable<(string Id, string File)> Citations(params string[] folders) =>
        from folder in folders
        from file in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        where !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
        from line in File.ReadLines(file)
        where Citing().IsMatch(line)
        from Match match in Citation().Matches(line)
        select (match.Value, Path.GetRelativePath(Root, file));

    private static string FindRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Conformance.sln"))) at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("the tests run outside the repository");
    }

    [GeneratedRegex(@"^\*\*((?:FR|PT|BP|TLB|HC|FL|BM|CA|RG|TR|VC|G|I|R|D)-[A-Z0-9]+)\*\* — \*")]
    private static partial Regex Heading();

    /// <summary>A program says which clause decides; the call may choose between two.</summary>
    [GeneratedRegex(@"\b(?:Because|Through|Granted|Success|Counted)\([^;\n]*")]
    private static partial Regex Firing();

    [GeneratedRegex(@"public virtual Bit (\w+)\(")]
    private static partial Regex MicroStep();

    /// <summary>A lettered condition: the letter opens a part of a sentence. One that ends a sentence refers back.</summary>
    [GeneratedRegex(@"(?<=^|\s)\(([a-z])\)(?=\s)")]
    private static partial Regex Letter();

    /// <summary>A comment, an attribute, or a program that says which clause decides.</summary>
    [GeneratedRegex(@"//|Clause\(|\b(?:Because|Through|Granted|Success|Counted)\(")]
    private static partial Regex Citing();

    [GeneratedRegex(@"(?<![\w-])(?:FR|PT|BP|TLB|HC|FL|BM|CA|RG|TR|VC|G|I|R|D)-(?:[0-9]+(?:\.[a-z])?|[A-Z][A-Z0-9]{2,})(?![\w-])")]
    private static partial Regex Citation();

    /// <summary>Clauses that only the prover carries out: flows, guards that no invariant needs, and what a formula must be told.</summary>
    [GeneratedRegex("^(?:FL|G)-|^I-SHAPE$")]
    private static partial Regex OfProofs();

    /// <summary>Clauses about how scripts are played.</summary>
    [GeneratedRegex("^CA-")]
    private static partial Regex OfCampaigns();

    [GeneratedRegex("^(?:CA|FL|I|R)-")]
    private static partial Regex Tested();
}
