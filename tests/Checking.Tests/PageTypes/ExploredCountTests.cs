using Checking.Exploration;
using Checking.PageTypes;
using Found = Checking.Exploration.Exploration;

namespace Checking.Tests.PageTypes;

/// <summary>The explorer's counts on the benchmark, on which other engines agreed.</summary>
public sealed class ExploredCountTests
{
    [Theory]
    [InlineData(2, 1, 2, 1_632, 9_692, 12)]
    [InlineData(2, 2, 2, 22_256, 180_940, 14)]
    [InlineData(3, 1, 1, 16_958, 142_772, 19)]
    [InlineData(3, 1, 2, 80_144, 818_928, 21)]
    [InlineData(3, 1, 3, 206_812, 2_095_608, 21)]
    [InlineData(3, 2, 0, 150_365, 2_262_270, 14)]
    [InlineData(4, 1, 0, 259_081, 3_968_164, 15)]
    public void Every_state_and_every_transition_is_found(int frames, int entries, int movable, long states, long transitions, int levels)
    {
        Found found = Explore(new(frames, entries, movable), new());

        Assert.Equal(StopReason.Complete, found.StoppedBy);
        Assert.Equal((states, transitions, levels), (found.DistinctStates, found.Transitions, found.Depth));
        Assert.All(found.Properties, p => Assert.True(p.IsReached && p.Depth is null, p.Property.Id));
    }

    [Fact]
    public void Orbits_are_counted_alike()
    {
        Found found = Explore(new(3), new() { Symmetry = true, Workers = 2 });

        Assert.Equal((17_492, 206_812), (found.DistinctStates, found.FullStates));
    }

    [Theory]
    [InlineData(2, 7, false)]
    [InlineData(3, 6, false)]
    [InlineData(3, 6, true)]
    public void The_planted_mistake_has_a_shortest_trace_in_words(int frames, int states, bool symmetry)
    {
        PageTypesModel model = new(new(frames, FlushOnTypeChange: false));
        Found found = Explorer.Run<PageTypesModel, PageTypesExpander>(model, new() { Symmetry = symmetry });

        Assert.Equal(StopReason.Violated, found.StoppedBy);
        Assert.Equal(states, found.Trace.Count);
        string[] lines = [.. found.Trace.Zip(found.Trace.Skip(1), (before, after) => model.Describe(before, after))];
        Assert.Contains(lines, line => line.Contains("tlb_fill", StringComparison.Ordinal));
        Assert.NotEmpty(model.Violation(found.TraceProperty!.Value, found.Trace[^1]));
    }

    private static Found Explore(PageTypesSizes sizes, ExplorationOptions options) =>
        Explorer.Run<PageTypesModel, PageTypesExpander>(new(sizes), options);
}
