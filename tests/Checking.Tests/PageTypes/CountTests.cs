using Checking.PageTypes;

namespace Checking.Tests.PageTypes;

/// <summary>The benchmark's counts, on which other engines agreed, by a search as plain as can be.</summary>
public sealed class CountTests
{
    [Theory]
    [InlineData(2, 1, 1, 628, 3_677, 12)]
    [InlineData(2, 1, 2, 1_632, 9_692, 12)]
    [InlineData(2, 2, 2, 22_256, 180_940, 14)]
    public void Every_state_and_every_transition_is_found(int frames, int entries, int movable, long states, long transitions, int levels)
    {
        PlainSearch found = PlainSearch.Of(new(frames, entries, movable));

        Assert.Equal((states, transitions, levels), (found.States, found.Transitions, found.Levels));
        Assert.Equal(0UL, found.Violated);
        Assert.Equal(0b11111UL, found.Reached);
    }

    [Theory]
    [InlineData(2, 7)]
    [InlineData(3, 6)]
    public void The_planted_mistake_is_found_as_early_as_can_be(int frames, int level)
    {
        PlainSearch found = PlainSearch.Of(new(frames, FlushOnTypeChange: false));

        Assert.Equal(level, found.ViolatedAt);
    }

    [Theory]
    [InlineData(2, 2, 2, 22_256)]
    [InlineData(3, 1, 1, 16_958)]
    public void Orbits_add_up_to_the_states_that_there_are(int frames, int entries, int movable, long states)
    {
        PlainSearch found = PlainSearch.Of(new(frames, entries, movable), symmetry: true);

        Assert.Equal(states, found.FullStates);
        Assert.True(found.States < states);
    }

    [Fact]
    public void Three_movable_frames_have_17492_orbits()
    {
        PlainSearch found = PlainSearch.Of(new(3), symmetry: true);

        Assert.Equal((17_492, 206_812), (found.States, found.FullStates));
    }
}
