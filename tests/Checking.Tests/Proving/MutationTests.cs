using System.Text.RegularExpressions;
using Checking.Proving;
using Checking.Proving.Mutation;
using Checking.Proving.Unbounded;
using Model;
using Model.Domains;
using Guards = Checking.Proving.Mutation.Guards;

namespace Checking.Tests.Proving;

/// <summary>Every condition of every guard is there for a reason: some claim needs it, or <c>spec/redundant-guards.md</c> says why it stands.</summary>
public sealed partial class MutationTests
{
    /// <summary>The answer counts, not how soon it comes on a machine that has other work.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private static readonly Lazy<IReadOnlyList<Mutant>> s_mutants = new(() => Prover.Run(new() { Mutate = true, Property = "I-FTLB", Workers = 2, Timeout = s_patience }).Mutants);

    [Fact]
    public void Every_condition_is_accounted_for() =>
        Assert.Empty(s_mutants.Value.Where(m => m.CaughtBy.Count == 0 && m.RedundantBy is null).Select(m => $"{m.Step}: {m.Guard}"));

    /// <summary>What is listed is what no claim notices; nothing more, and nothing less.</summary>
    [Fact]
    public void The_table_lists_what_is_not_noticed()
    {
        var unnoticed = s_mutants.Value.Where(m => m.RedundantBy is not null and not Redundant.Implied).Select(m => (m.RedundantBy!, m.Step, m.Guard)).Order();

        Assert.Equal(unnoticed, Redundant.All.SelectMany(r => r.Steps.Select(step => (r.Clause, step, r.Condition))).Order());
    }

    [Fact, Clause("G-1")]
    public void The_specification_lists_what_the_table_lists()
    {
        string spec = File.ReadAllText(Path.Combine(Root.Folder, "spec", "redundant-guards.md"));

        var listed = from clause in ClauseOfSpec().Matches(spec)
                     from line in Listed().Matches(clause.Value)
                     from step in line.Groups[1].Value.Split(", ")
                     select (clause.Groups[1].Value, step.Trim('`'), line.Groups[2].Value);
        Assert.Equal(
            listed.Order(),
            Redundant.All.SelectMany(r => r.Steps.Select(step => (r.Clause, step, r.Condition))).Order());
    }

    /// <summary>All of them with what notices, reviewed as a diff.</summary>
    [Fact]
    public void What_notices_each() =>
        Golden.Check("mutants.txt", string.Concat(s_mutants.Value.Select(m => $"{m.Step}: {m.Guard}: {(m.CaughtBy.Count != 0 ? string.Join(", ", m.CaughtBy) : m.RedundantBy)}\n")));

    [Fact]
    public void A_guard_is_taken_apart_into_its_conditions_and_those_of_its_choices()
    {
        Formula a = Formula.Fresh("a"), b = Formula.Fresh("b"), c = Formula.Fresh("c"), d = Formula.Fresh("d");
        Term x = Term.Fresh("x", Sort.Frame), y = Term.Fresh("y", Sort.Frame);

        Dropped[] dropped = [.. Guards.Of(a & x != y & (b | (c & !d)) & Formula.Same(a, b))];

        Assert.Equal(
            [
                "a: x != y & (b | (c & !d)) & Same(a, b)",
                "x != y: a & (b | (c & !d)) & Same(a, b)",
                "b | (c & !d): a & x != y & Same(a, b)",
                "c in b | (c & !d): a & x != y & (b | !d) & Same(a, b)",
                "!d in b | (c & !d): a & x != y & (b | c) & Same(a, b)",
                "Same(a, b): a & x != y & (b | (c & !d))",
            ],
            dropped.Select(m => $"{m.Condition}: {m.Rest}"));
    }

    [GeneratedRegex(@"^\*\*(G-\d+)\*\*(?:(?!^\*\*G-).)*", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex ClauseOfSpec();

    [GeneratedRegex(@"^- ((?:`\w+`(?:, )?)+): `([^`]+)`", RegexOptions.Multiline)]
    private static partial Regex Listed();
}
