using Checking.Exploration;
using Checking.Memory;
using Model;
using Model.Faults;
using Explored = Checking.Exploration.Exploration;

namespace Checking.Tests.Memory;

/// <summary>The counts of small scopes of the real model.</summary>
public sealed class CountTests
{
    public static TheoryData<MemorySizes> Tiny => [Worlds.OneFrame, Worlds.OneFrameEach, Worlds.OneFrameEach with { Kind = GuestKind.Pv32 }];

    /// <summary>Packed, and undone cell by cell: the search sees what one sees that copies whole machines.</summary>
    [Theory, MemberData(nameof(Tiny)), Clause("R-1")]
    public void Packed_states_are_those_of_whole_machines(MemorySizes sizes)
    {
        (int states, long transitions) = Worlds.Search(new(sizes));

        Explored explored = Worlds.Explore(sizes);
        Assert.True(explored.IsComplete);
        Assert.Equal((states, transitions), (explored.DistinctStates, explored.Transitions));
    }

    /// <summary>Under symmetry fewer states are seen, and they stand for exactly those that are seen without.</summary>
    [Fact]
    public void Orbits_add_up()
    {
        MemorySizes sizes = Worlds.OneFrame with { Vcpus = 2 };
        Explored all = Worlds.Explore(sizes), orbits = Worlds.Explore(sizes, options: new() { Symmetry = true });

        Assert.Equal(all.DistinctStates, orbits.FullStates);
        Assert.InRange(orbits.DistinctStates, all.DistinctStates / 2, all.DistinctStates * 2 / 3);
        Assert.Equal(all.Depth, orbits.Depth);
    }

    [Fact]
    public void Two_workers_see_what_one_sees()
    {
        Explored one = Worlds.Explore(Worlds.OneFrameEach), two = Worlds.Explore(Worlds.OneFrameEach, options: new() { Workers = 2 });

        Assert.Equal((one.DistinctStates, one.Transitions, one.Depth), (two.DistinctStates, two.Transitions, two.Depth));
        Assert.Equal(one.Fired, two.Fired);
    }

    /// <summary>A scope of two domains is not vacuous: whatever must be seen is seen, and nothing else but what is said to be impossible is missing.</summary>
    [Fact]
    public void The_default_scope_reaches_all_that_it_claims()
    {
        MemoryModel model = new(new());
        Explored explored = Explorer.Run<MemoryModel, MemoryExpander>(model, new() { MaxStates = 120_000 });

        HoldsAndReachesAll(model, explored);
    }

    /// <summary>So is one of a 32-bit guest alone, to its end.</summary>
    [Fact, Clause("I-TPAE"), Clause("PT-12.e")]
    public void A_32_bit_guest_reaches_all_that_is_claimed()
    {
        MemoryModel model = new(Worlds.OneTable with { Kind = GuestKind.Pv32 });
        Explored explored = Explorer.Run<MemoryModel, MemoryExpander>(model, new());

        Assert.True(explored.IsComplete);
        Assert.Equal((46_216, 18), (explored.DistinctStates, explored.Depth));
        HoldsAndReachesAll(model, explored);
    }

    private static void HoldsAndReachesAll(MemoryModel model, Explored explored)
    {
        Assert.DoesNotContain(explored.Properties, p => p.Depth is not null);
        Assert.DoesNotContain(explored.Properties, p => !p.IsReached);
        Assert.Equal([], model.Actions.Where((w, i) => explored.Fired[i] == 0 && w.IsRequired).Select(w => w.Id));
        Assert.Equal([], model.Actions.Where((w, i) => explored.Fired[i] != 0 && w.Impossible is not null).Select(w => w.Id));
        Assert.Equal([], model.Actions.Where((w, i) => explored.Fired[i] == 0 && w is { IsRequired: false, Impossible: null }).Select(w => w.Id));
    }

    [Theory]
    [InlineData(99999, 1, 1, 1, 1, "--frames 99999 is out of bounds: 1 to 16 here.")]
    [InlineData(3, 0, 2, 1, 1, "--entries 0 is out of bounds: 1 to 8 here.")]
    [InlineData(3, 1, 2, 7, 1, "--levels 7 is out of bounds: 1 to 4 here.")]
    [InlineData(3, 1, 0, 1, 1, "--domains 0 is out of bounds: 1 to 4 here.")]
    [InlineData(3, 1, 4, 1, 1, "--frames 3 is out of bounds: 4 to 16 here.")]
    [InlineData(3, 1, 2, 4, 1, "--levels 4 is out of bounds: 1 to 3 here.", GuestKind.Pv32)]
    [InlineData(3, 1, 2, 1, -1, "--vcpus -1 is out of bounds: 1 to 4 here.")]
    public void An_absurd_scope_is_refused_with_its_bounds(int frames, int entries, int domains, int levels, int vcpus, string says, GuestKind kind = GuestKind.Pv64) =>
        Assert.Equal(says, Assert.Throws<ScopeException>(() => new MemoryModel(new(frames, entries, domains, levels, vcpus, Kind: kind))).Message);

    [Fact]
    public void A_state_that_does_not_fit_is_refused_with_its_size() =>
        Assert.StartsWith("A state of this scope has ", Assert.Throws<ScopeException>(() => new MemoryModel(new(16, 8, 4, 4, 4))).Message, StringComparison.Ordinal);
}
