using Checking.Exploration;
using Checking.Memory;
using Checking.Refuting;
using Model.Faults;

namespace Checking.Tests.Refuting;

/// <summary>Attacks are found, are as short as those of the exhaustive search, and are real.</summary>
public sealed class RefuterTests
{
    private static readonly MemorySizes Sizes = new(Frames: 4, Entries: 2);

    [Theory]
    [InlineData("XSA-148")]
    [InlineData("XSA-182")]
    public void An_attack_is_as_short_as_explicit_search_finds_it(string fault)
    {
        Refutation refutation = Refute(fault);
        var explored = Explorer.Run<MemoryModel, MemoryExpander>(
            new(Sizes, Fault.Find(fault)), new() { Cancel = TestContext.Current.CancellationToken });

        Assert.NotNull(refutation.Attack);
        Assert.Equal(StopReason.Violated, explored.StoppedBy);
        Assert.Equal(explored.Trace.Count - 1, refutation.Attack.Steps.Count);
        Assert.Equal(refutation.Attack.Steps.Count - 1, refutation.CompleteTo);
        Assert.Null(refutation.Unfinished);
    }

    [Fact]
    public void An_attack_tells_what_it_broke_and_what_every_request_changed()
    {
        Attack attack = Refute("XSA-148").Attack!;

        Assert.Equal("I-TBITS", attack.Property);
        Assert.Contains("Superpage", attack.Witness);
        AttackStep step = Assert.Single(attack.Steps);
        Assert.StartsWith("d1  mmu_update", step.Request);
        Assert.Contains(step.After, fact => fact.Value?.Contains("PSE") == true);
        Assert.Equal(step.Before.Select(f => f.Key), step.After.Select(f => f.Key));
        Assert.DoesNotContain(step.Before.Zip(step.After), pair => pair.First.Value == pair.Second.Value);
    }

    [Fact]
    public void Without_a_mistake_there_is_no_attack()
    {
        Refutation refutation = Refuter.Run(new() { Sizes = Sizes with { Entries = 1 }, Depth = 1, Cancel = TestContext.Current.CancellationToken });

        Assert.Null(refutation.Attack);
        Assert.Null(refutation.Unfinished);
        Assert.Equal(1, refutation.CompleteTo);
    }

    [Fact]
    public void A_search_that_runs_out_of_time_says_how_far_it_came()
    {
        Refutation refutation = Refuter.Run(new() { Sizes = Sizes, Timeout = TimeSpan.Zero, Cancel = TestContext.Current.CancellationToken });

        Assert.Null(refutation.Attack);
        Assert.Equal(0, refutation.CompleteTo);
        Assert.Equal("the time of 0 s is over", refutation.Unfinished);
    }

    [Fact]
    public void An_interrupted_search_says_so()
    {
        using CancellationTokenSource cancel = new();
        Refutation refutation = Refuter.Run(new() { Sizes = Sizes, Progress = _ => cancel.Cancel(), Cancel = cancel.Token });

        Assert.Null(refutation.Attack);
        Assert.Equal("interrupted", refutation.Unfinished);
    }

    [Fact]
    public void Steps_are_not_what_attacks_are_counted_in() =>
        Assert.Throws<ScopeException>(() => Refuter.Run(new() { Sizes = Sizes with { Grain = Grain.Step } }));

    private static Refutation Refute(string fault) =>
        Refuter.Run(new() { Sizes = Sizes, Fault = fault, Cancel = TestContext.Current.CancellationToken });
}
