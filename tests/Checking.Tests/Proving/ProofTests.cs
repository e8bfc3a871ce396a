using Checking.Proving;
using Checking.Proving.Solving;
using Checking.Proving.Unbounded;
using Checking.Rings;
using Checking.Rings.Proving;
using Model;
using Model.Domains;

namespace Checking.Tests.Proving;

/// <summary>The model as it stands is proved, all of it, and the prover can tell when there is nothing to prove.</summary>
public sealed class ProofTests
{
    private static readonly Lazy<ProofReport> s_whole = new(() => Prover.Run(new() { Workers = 2, Timeout = TimeSpan.FromMinutes(5) }));

    [Fact]
    public void Everything_is_proved()
    {
        ProofReport report = s_whole.Value;

        Assert.Empty(report.Failures.Select(f => $"{f.Group} {f.Step} {f.Invariant} {(f.IsUnknown ? f.Reason : "refuted")}"));
        Assert.All(report.Groups, group => Assert.Equal(group.Queries, group.Proved));
        Assert.False(report.IsInterrupted);
    }

    /// <summary>How much "everything" is: steps and claims cannot fall out of the proof unnoticed.</summary>
    [Fact]
    public void All_steps_and_all_invariants_of_ring_protection_are_asked_about()
    {
        int claims = RingStatement.Of(new((name, sorts) => new(name, sorts), (name, from, to) => new(name, from, to))).Count;

        Assert.Equal((55, 14), (RingMicroStep.All.Count, RingCatalogue.Invariants.Count));
        Assert.Equal(
            [(RingProof.Group, 55 * claims), (RingProof.InitialGroup, claims)],
            s_whole.Value.Groups.TakeLast(2).Select(g => (g.Group, g.Queries)));
    }

    /// <inheritdoc cref="All_steps_and_all_invariants_of_ring_protection_are_asked_about"/>
    [Fact]
    public void All_steps_and_all_invariants_but_the_one_of_rest_are_asked_about()
    {
        int claims = Statements.Of(Symbolic.State()).Count;
        ProofReport report = s_whole.Value;

        Assert.Equal(47 + 55, report.Steps);
        Assert.Equal("I-BRC", Assert.Single(report.OfRest));
        Assert.Equal([Inductive.Group, Initial.Group, Counting.Group], report.Groups.Take(3).Select(g => g.Group));
        Assert.Equal([47 * claims, claims], report.Groups.Take(2).Select(g => g.Queries));
    }

    [Fact]
    public void Only_the_steps_that_no_state_admits_are_vacuous()
    {
        Assert.Empty(s_whole.Value.Vacuous);
        Assert.Equal(["FillSuperpage", "LeaveNested", "PassGate"], s_whole.Value.Shut.Select(s => s.Key));
    }

    /// <summary>Whatever is claimed follows from what is impossible, so that a proof alone would not show the mistake.</summary>
    [Fact]
    public void A_guard_that_no_state_satisfies_is_found_out()
    {
        var state = Symbolic.State();
        Term f = Term.Fresh("f", Sort.Frame);
        Batch batch = new(Inductive.Group, "Never", [.. Statements.Of(state).Select(s => s.Everywhere), state.Valid[f] & state.Partial[f]], [new("I-STATE", "I-STATE", Formula.Of(false))])
        {
            MustBePossible = true,
        };
        using Desk desk = new(TimeSpan.FromMinutes(5), CancellationToken.None);

        Findings findings = desk.Ask(batch, () => { });

        Assert.Equal((Finding.Refuted, Finding.Proved), (findings.IsPossible, Assert.Single(findings.Goals)));
    }

    [Fact]
    public void A_property_alone_is_asked_about_alone()
    {
        ProofReport report = Prover.Run(new() { Property = "I-FTLB" });

        Assert.Equal([(Inductive.Group, 47, 47), (Initial.Group, 1, 1)], report.Groups);
        Assert.Equal(1, report.Invariants);
    }

    [Theory]
    [InlineData("I-NONE", null)]
    [InlineData("I-BRC", null)]
    [InlineData(null, "XSA-0")]
    public void What_is_not_there_is_refused(string? property, string? fault) =>
        Assert.Throws<ArgumentException>(() => Prover.Run(new() { Property = property, Fault = fault }));

    [Fact]
    public void An_interrupted_proof_says_so()
    {
        using CancellationTokenSource cancel = new();
        int asked = 0;

        ProofReport report = Prover.Run(new()
        {
            Cancel = cancel.Token,
            Progress = (done, _) =>
            {
                asked = done;
                if (done == 10) cancel.Cancel();
            },
        });

        Assert.True(report.IsInterrupted);
        Assert.Equal(10, asked);
        Assert.Equal(10, report.Groups.Sum(g => g.Proved));
    }

    [Fact, Clause("I-SHAPE")]
    public void The_shape_says_what_its_clause_says()
    {
        string[] paragraphs = File.ReadAllText(Path.Combine(Root.Folder, "spec", "invariants.md")).Split("\n\n");
        string clause = Assert.Single(paragraphs, p => p.StartsWith("**I-SHAPE**", StringComparison.Ordinal)).ReplaceLineEndings(" ");

        Assert.Contains($"* {Shape.Says}", clause, StringComparison.Ordinal);
        Assert.Contains($"*Source:* {Shape.Source}.", clause, StringComparison.Ordinal);
    }
}
