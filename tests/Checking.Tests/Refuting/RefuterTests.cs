using Checking.Exploration;
using Checking.Memory;
using Checking.Refuting;
using Model.Faults;

namespace Checking.Tests.Refuting;

/// <summary>Attacks are found, are as short as those of the exhaustive search, and are real.</summary>
public sealed class RefuterTests
{
    private static readonly MemorySizes Sizes = new(Frames: 4, Entries: 2);

    public static TheoryData<string> Found =>
        ["XSA-148", "XSA-182", "XSA-214", "XSA-401", "no-flush-at-free", "no-owner-check", "writable-table", "retype-while-held", "kept-reference", "XSA-185"];

    [Theory, MemberData(nameof(Found))]
    public void An_attack_is_as_short_as_explicit_search_finds_it(string fault) => AgreesWithExplicitSearch(MemorySizes.ThatShow(Fault.Find(fault)), fault);

    /// <summary>The mistakes that need no 32-bit guest are found where the attacker is one, by walks of three levels.</summary>
    [Theory]
    [InlineData("XSA-401")]
    [InlineData("no-flush-at-free")]
    public void A_32_bit_guest_attacks_as_briefly(string fault) => AgreesWithExplicitSearch(new(Kind: GuestKind.Pv32), fault);

    [Fact]
    public void At_four_frames_of_two_entries_too() => AgreesWithExplicitSearch(Sizes, "XSA-214");

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

    [Theory]
    [InlineData(null, 2)]
    [InlineData("I-BRC", 1)]
    public void Without_a_mistake_there_is_no_attack(string? property, int depth)
    {
        Refutation refutation = Refuter.Run(
            new() { Sizes = new(), Property = property, Depth = depth, Cancel = TestContext.Current.CancellationToken });

        Assert.Null(refutation.Attack);
        Assert.Null(refutation.Unfinished);
        Assert.Equal(depth, refutation.CompleteTo);
    }

    [Theory]
    [InlineData("I-REF", "I-BRC", "I-TCOUNT")]
    [InlineData("I-BRC", "I-TCOUNT", "I-BRC")]
    public void Bounds_name_what_is_not_judged(string property, string named, string judged)
    {
        string bounds = Refuter.Run(
            new() { Sizes = new(), Property = property, Depth = 0, Cancel = TestContext.Current.CancellationToken }).Bounds;

        Assert.Contains(named, bounds);
        Assert.DoesNotContain(judged, bounds);
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

    private static void AgreesWithExplicitSearch(MemorySizes sizes, string fault)
    {
        Refutation refutation = Refuter.Run(new() { Sizes = sizes, Fault = fault, Cancel = TestContext.Current.CancellationToken });
        var explored = Explorer.Run<MemoryModel, MemoryExpander>(
            new(sizes, Fault.Find(fault)), new() { Cancel = TestContext.Current.CancellationToken });

        Assert.NotNull(refutation.Attack);
        Assert.Equal(StopReason.Violated, explored.StoppedBy);
        Assert.Equal(explored.Trace.Count - 1, refutation.Attack.Steps.Count);
        Assert.Equal(refutation.Attack.Steps.Count - 1, refutation.CompleteTo);
        Assert.Null(refutation.Unfinished);
    }

    private static Refutation Refute(string fault) =>
        Refuter.Run(new() { Sizes = Sizes, Fault = fault, Cancel = TestContext.Current.CancellationToken });
}
