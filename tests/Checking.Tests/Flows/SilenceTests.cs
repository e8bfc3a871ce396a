using Checking.Proving;
using Checking.Proving.Flows;
using Checking.Proving.Solving;
using Checking.Proving.Unbounded;
using Checking.Tests.Proving;
using Checking.Tests.Refinement;
using Model;
using Model.Faults;
using Model.Observation;

namespace Checking.Tests.Flows;

/// <summary>What is not silent if a flow is not declared or a mistake is made again. That all else is silent the whole proof shows.</summary>
public sealed class SilenceTests
{
    private const string Contents =
        "Entry Writable User Superpage Cache Reserved Global NoExecute Accessed Dirty GuestKernel Available";

    [Fact, Clause("FL-8"), Clause("FL-9"), Clause("FL-10"), Clause("FL-11")]
    public void A_flow_that_is_declared_would_not_be_silent()
    {
        IEnumerable<Batch> only = Silence.Batches(fault: null, declared: []).Select(b => b with
        {
            IsInDoubt = true,
            Goals = [.. b.Goals.Where(g => Flow.Declared.Any(f => f.Step == b.Step && f.Query == g.Name))],
        });

        Assert.Equal(Flow.Declared.Select(f => $"{f.Step} {f.Query}").Order(), Failing(only.Where(b => b.Goals.Count != 0)).Order());
    }

    /// <summary>A frame that is not scrubbed shows its next owner all of what the last one left in it, and nothing else.</summary>
    [Fact, Clause("FL-12")]
    public void What_is_not_scrubbed_leaks() => Assert.Equal(
        from step in (string[])["Allocate", "Share"] from what in Contents.Split(' ') select $"{step} FL-12.{what}",
        Failing(InDoubt("no-scrub")));

    /// <summary>A reference to another's frame is seen by the frame's owner.</summary>
    [Fact, Clause("FL-7"), Clause("FL-10")]
    public void A_reference_to_any_frame_is_heard_by_its_owner() =>
        Assert.Equal(["Take FL-10.RefCount", "Take FL-10.Taken"], Failing(InDoubt("take-any-frame")));

    /// <summary>An audit that does not ask whose the target is answers by it, and its owner sees the references.</summary>
    [Fact, Clause("FL-10"), Clause("FL-11")]
    public void An_audit_that_does_not_ask_for_the_owner_is_heard_by_both() => Assert.Equal(
        [
            "AuditLeaf FL-10.RefCount", "AuditLeaf FL-10.TypeCount", "AuditLeaf FL-10.Holder", "AuditLeaf FL-10.TypeHolder", "AuditLeaf FL-11",
        ],
        Failing(InDoubt("no-owner-check").Where(b => b.Step == "AuditLeaf")));

    [Theory, Clause("FL-10"), Clause("FL-12")]
    [InlineData("no-scrub", "Allocate", "FL-12.Entry")]
    [InlineData("take-any-frame", "Take", "FL-10.Taken")]
    [InlineData("no-owner-check", "AuditLeaf", "FL-11")]
    public void What_is_told_of_a_leak(string fault, string step, string query)
    {
        Batch batch = InDoubt(fault).Single(b => b.Step == step && b.Goals.Any(g => g.Name == query));
        using Desk desk = new(TimeSpan.FromSeconds(20), CancellationToken.None);

        Counterexample told = batch.Explain(desk, batch.Goals.Single(g => g.Name == query))!;

        Golden.Check($"told-{fault}-{query}.txt", FaultTests.Text(query, told));
    }

    [Fact]
    public void Each_claim_says_what_its_clause_says()
    {
        string spec = File.ReadAllText(Path.Combine(Root.Folder, "spec", "07-flows.md"));

        Assert.All(Claim.All, claim =>
        {
            string clause = Assert.Single(spec.Split("\n\n"), p => p.StartsWith($"**{claim.Id}**", StringComparison.Ordinal)).ReplaceLineEndings(" ");
            Assert.Contains($"* {claim.Says}", clause, StringComparison.Ordinal);
        });
    }

    /// <summary>Only what the model notes for an invariant's sake does nobody see.</summary>
    [Fact, Clause("FL-1"), Clause("FL-2"), Clause("FL-3"), Clause("FL-4"), Clause("FL-5"), Clause("FL-6")]
    public void A_domain_sees_all_there_is_of_what_is_its_own()
    {
        var state = Symbolic.State();
        string[] seen = [.. new Observation<Formula, Term, Predicate, Valuation>(state, state, Silence.Observer).All.Select(a => a.Name)];

        Assert.Equal(["Written"], WholeState.Names.Except(seen));
        Assert.Equal(["Free"], seen.Except(WholeState.Names));
        Assert.Equal(seen.Length, seen.Distinct().Count());
    }

    /// <summary>The queries about the steps that a mistake touches.</summary>
    private static IEnumerable<Batch> InDoubt(string fault) =>
        Silence.Batches(Fault.Find(fault) ?? throw new ArgumentException(fault), Flow.Declared).Where(b => b.IsInDoubt);

    private static string[] Failing(IEnumerable<Batch> batches)
    {
        Batch[] all = [.. batches];
        Findings[] findings = Team.Do(all, new() { Workers = 2 }, (desk, batch) => desk.Ask(batch, () => { }), Findings.Unasked);
        return
        [
            .. from each in all.Zip(findings)
               from k in Enumerable.Range(0, each.First.Goals.Count)
               where each.Second.Goals[k] != Finding.Proved
               select $"{each.First.Step} {each.First.Goals[k].Name}",
        ];
    }
}
