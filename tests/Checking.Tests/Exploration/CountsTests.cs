using Checking.Exploration;

namespace Checking.Tests.Exploration;

/// <summary>Counts, depth and trace are those known from elsewhere, whatever the width of a state and the number of workers.</summary>
public sealed class CountsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_eight_puzzle_has_half_of_all_arrangements(int workers)
    {
        var found = Explorer.Run<EightPuzzle, EightPuzzle.Worker>(new EightPuzzle(), new() { Workers = workers });

        Assert.Equal(StopReason.Complete, found.StoppedBy);
        Assert.Equal(181_440, found.DistinctStates);
        Assert.Equal(32, found.Depth);
        // Two moves from each of the 4 corners, three from each of the 4 edges, four from the centre: 24 of 9 cells, 8!/2 each.
        Assert.Equal(24 * 20_160, found.Transitions);
        Assert.Equal(found.Transitions, found.Fired.Sum());
        Assert.Empty(found.Trace);
        Assert.Null(found.TraceProperty);
    }

    [Theory]
    [InlineData(4, 9, 4, 16)]     // 16 bits
    [InlineData(4, 9, 12, 48)]
    [InlineData(4, 9, 15, 60)]
    [InlineData(4, 9, 16, 64)]
    [InlineData(5, 6, 13, 65)]    // one bit into the second word
    [InlineData(4, 9, 24, 96)]    // room for the link in the second word
    [InlineData(5, 9, 18, 90)]    // levels large enough for two workers
    [InlineData(4, 9, 28, 112)]   // and none
    [InlineData(4, 9, 32, 128)]
    [InlineData(7, 3, 30, 210)]
    [InlineData(66, 1, 31, 2046)]
    public void Every_width_of_state_is_counted_exactly(int counters, int top, int bitsEach, int stateBits)
    {
        int? stopAt = counters > 10 ? 2 : null;
        Property property = new("P", "the counters do not add up so far", "a test");
        Counters model = new(counters, top, bitsEach, stopAt) { Properties = [property] };
        Assert.Equal(stateBits, model.StateBits);

        var found = Explorer.Run<Counters, Counters.Worker>(model, new() { Workers = 2 });

        // Up to two of 66 counters at one: 1 + 66 + 66*65/2.
        long expected = stopAt is null ? (long)Math.Pow(top + 1, counters) : 1 + 66 + 2145;
        Assert.Equal(expected, found.DistinctStates);
        Assert.Equal(stopAt ?? counters * top, found.Depth - 1);
        Assert.Equal(stopAt is null ? StopReason.Complete : StopReason.Violated, found.StoppedBy);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(20)]
    public void A_violation_has_the_same_shortest_trace_at_any_number_of_workers(int bitsEach)
    {
        Property property = new("P", "the counters do not add up to 23", "a test");
        Counters model = new(counters: 5, top: 9, bitsEach, forbiddenSum: 23) { Properties = [property] };

        var found = Enumerable.Range(0, 5).Select(run =>
            Explorer.Run<Counters, Counters.Worker>(model, new() { Workers = run % 3 + 1 })).ToArray();

        foreach (var one in found)
        {
            Assert.Equal(StopReason.Violated, one.StoppedBy);
            Assert.Equal(0, one.TraceProperty);
            Assert.Equal(23, one.Properties[0].Depth);
            Assert.Equal(24, one.Trace.Count);
            Assert.Equal(found[0].Trace, one.Trace);
            Assert.Equal(found[0].DistinctStates, one.DistinctStates);
            Assert.Equal(found[0].Transitions, one.Transitions);
            Assert.Equal(found[0].Fired, one.Fired);
        }

        for (int i = 0; i < 24; i++) Assert.Equal(i, model.Unpack(found[0].Trace[i]).Sum());
    }

    [Theory]
    [InlineData(12, 1)]
    [InlineData(12, 2)]
    [InlineData(20, 3)]
    public void Orbits_add_up_to_what_a_search_without_symmetry_counts(int bitsEach, int workers)
    {
        Counters model = new(counters: 5, top: 5, bitsEach);

        var found = Explorer.Run<Counters, Counters.Worker>(model, new() { Symmetry = true, Workers = workers });

        Assert.Equal(252, found.DistinctStates); // multisets of five out of six values
        Assert.Equal(7776, found.FullStates);
        Assert.Equal(26, found.Depth);
    }

    [Fact]
    public void A_trace_found_under_symmetry_is_a_run_of_the_model()
    {
        Property property = new("P", "the counters do not add up to 13", "a test");
        Counters model = new(counters: 5, top: 6, bitsEach: 10, forbiddenSum: 13) { Properties = [property] };

        var found = Explorer.Run<Counters, Counters.Worker>(model, new() { Symmetry = true });

        Assert.Equal(14, found.Trace.Count);
        for (int i = 1; i < found.Trace.Count; i++)
        {
            var changes = model.Unpack(found.Trace[i - 1]).Zip(model.Unpack(found.Trace[i])).Where(pair => pair.First != pair.Second);
            var (before, after) = Assert.Single(changes);
            Assert.Equal(before + 1, after);
        }
    }

    [Theory]
    [InlineData(20, 5_000)]
    [InlineData(61, 600)]
    [InlineData(64, 5_000)]
    public void A_trace_can_be_thousands_of_states_long(int bits, int last)
    {
        Chain model = new(bits, (ulong)last) { Properties = [new Property("P", "the end is not reached", "a test")] };

        var found = Explorer.Run<Chain, Chain.Worker>(model, new());

        Assert.Equal(last + 1, found.DistinctStates);
        Assert.Equal(Enumerable.Range(0, last + 1).Select(i => (ulong)i), found.Trace.Select(state => state[0]));
    }
}
