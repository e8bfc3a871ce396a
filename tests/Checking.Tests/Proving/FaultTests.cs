using System.Collections.Concurrent;
using Checking.Proving;
using Checking.Proving.Solving;
using Model.Faults;

namespace Checking.Tests.Proving;

/// <summary>A re-made mistake breaks the proof at the steps that make it, and nowhere else; what is told of it is kept as a file.</summary>
public sealed class FaultTests
{
    private static readonly ConcurrentDictionary<Fault, Lazy<List<(string Step, Batch Batch, Goal Goal)>>> s_failing = new();

    public static TheoryData<string> Faults => [.. Fault.All.Select(f => f.Id)];

    /// <summary>The steps to blame are those that the mistake is in.</summary>
    [Theory]
    [InlineData("XSA-148", "AuditOwnLinear AuditSiblingLinear AuditUpper SetOwnLinear SetSiblingLinear SetUpper")]
    [InlineData("XSA-182", "EditInPlace")]
    [InlineData("XSA-401", "Begin")]
    [InlineData("no-flush-at-free", "Free")]
    [InlineData("XSA-292", "UnloadKernelBase UnloadUserBase")]
    public void The_steps_to_blame_fail_and_no_others(string fault, string steps) =>
        Assert.Equal(steps.Split(' '), Failing(Fault.Find(fault)!).Select(f => f.Step).Distinct());

    [Theory, MemberData(nameof(Faults))]
    public void Every_mistake_breaks_what_it_is_said_to_break(string id)
    {
        Fault fault = Fault.Find(id)!;

        var failing = Failing(fault);

        Golden.Check($"failing-{id}.txt", string.Concat(failing.GroupBy(f => f.Step).Select(g => $"{g.Key}: {string.Join(", ", g.Select(f => f.Goal.Invariant).Distinct())}\n")));
        if (fault.Breaks == "I-BRC") Assert.Empty(failing); // Said of rest, so that no step alone can break it.
        else Assert.Contains(fault.Breaks, failing.Select(f => f.Goal.Invariant));
    }

    /// <summary>The first failure of each mistake, told.</summary>
    [Theory]
    [InlineData("XSA-148")]
    [InlineData("XSA-182")]
    [InlineData("XSA-240")]
    [InlineData("XSA-292")]
    [InlineData("XSA-401")]
    [InlineData("no-flush-at-free")]
    [InlineData("leaked-reference")]
    public void What_is_told_of_a_mistake(string id)
    {
        var (batch, goal) = Failing(Fault.Find(id)!)
            .Where(f => f.Goal.Invariant == Fault.Find(id)!.Breaks)
            .Select(f => (f.Batch, f.Goal))
            .First();
        using Desk desk = new(TimeSpan.FromMinutes(5), CancellationToken.None);

        Counterexample told = batch.Explain(desk, goal)!;

        Golden.Check($"told-{id}.txt", Text(goal.Invariant, told));
    }

    /// <summary>One worker or two, the report is the same.</summary>
    [Fact]
    public void The_report_does_not_depend_on_how_many_work_on_it()
    {
        ProofReport Run(int workers) => Prover.Run(new() { Fault = "XSA-292", Property = "I-FTLB", Workers = workers });

        Assert.Equal(
            Run(1).Failures.Select(f => $"{f.Step} {Text(f.Invariant, f.Counterexample!)}"),
            Run(2).Failures.Select(f => $"{f.Step} {Text(f.Invariant, f.Counterexample!)}"));
    }

    /// <summary>The inductive queries that fail: a step that reads as it does without the mistake has been proved already.</summary>
    private static List<(string Step, Batch Batch, Goal Goal)> Failing(Fault fault) =>
        s_failing.GetOrAdd(fault, f => new(() => Find(f))).Value;

    private static List<(string Step, Batch Batch, Goal Goal)> Find(Fault fault)
    {
        using Desk desk = new(TimeSpan.FromMinutes(5), CancellationToken.None);
        List<(string, Batch, Goal)> failing = [];
        foreach (Batch batch in Inductive.Batches(fault).Where(b => b.IsInDoubt))
        {
            Findings findings = desk.Ask(batch with { MustBePossible = false }, () => { });
            failing.AddRange(batch.Goals.Where((_, k) => findings.Goals[k] != Finding.Proved).Select(g => (batch.Step, batch, g)));
        }

        return failing;
    }

    internal static string Text(string invariant, Counterexample told) => $"""
        FAIL  {invariant}  {told.Says}
              {told.Source}

        {Facts("    ", told.Before.Select(f => (f.Key, f.Value)))}
            {told.Step}
        {Facts("  - ", told.Before.Where(f => told.After.Any(a => a.Key == f.Key)).Select(f => (f.Key, f.Value)))}
        {Facts("  + ", told.After.Where(f => f.Value is not null).Select(f => (f.Key, f.Value!)))}

           ✗  {told.Broken}

        """;

    private static string Facts(string sign, IEnumerable<(string Key, string Value)> facts) =>
        string.Join('\n', facts.Select(f => $"    {sign}{f.Key,-10}{f.Value}"));
}
