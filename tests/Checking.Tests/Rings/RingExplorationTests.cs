using Checking.Exploration;
using Checking.Rings;
using Model;
using Model.Rings.Faults;

namespace Checking.Tests.Rings;

/// <summary>Small scopes of ring protection, explored to the end; and with each re-made mistake, to the shortest way that shows it.</summary>
public sealed class RingExplorationTests
{
    public static TheoryData<string> Faults => [.. RingFault.All.Select(f => f.Id)];

    [Theory]
    [InlineData(RingPart.Segments, GuestKind.Pv32, 6713, 22)]
    [InlineData(RingPart.Segments, GuestKind.Pv64, 5453, 17)]
    [InlineData(RingPart.Traps, GuestKind.Pv32, 726914, 17)]
    [InlineData(RingPart.Traps, GuestKind.Pv64, 1049858, 19)]
    [InlineData(RingPart.Registers, GuestKind.Pv32, 65089, 18)]
    [InlineData(RingPart.Registers, GuestKind.Pv64, 220353, 22)]
    public void A_scope_holds_and_has_so_many_states(RingPart part, GuestKind kind, long states, int depth)
    {
        RingModel model = new(new(part, kind));

        var found = Explorer.Run<RingModel, RingExpander>(model, new() { Workers = 2, MaxStates = 2_000_000 });

        Assert.Equal((StopReason.Complete, states, depth), (found.StoppedBy, found.DistinctStates, found.Depth));
        Assert.Empty(found.Properties.Where(p => p.Depth is not null || !p.IsReached).Select(p => p.Property.Id));
        Assert.Equal(
            model.Actions.Where(a => a.Impossible is not null).Select(a => a.Id),
            model.Actions.Where((_, i) => found.Fired[i] == 0).Select(a => a.Id));
    }

    [Theory, MemberData(nameof(Faults))]
    [Clause("I-CRING"), Clause("I-CSTACK"), Clause("I-CEXC"), Clause("I-CINJ"), Clause("I-CDR"), Clause("I-CXST")]
    [Clause("I-CDESC"), Clause("I-CCR4"), Clause("I-BRANGE"), Clause("I-BPRIV"), Clause("I-BFETCH"), Clause("I-BPROG"), Clause("I-BPANIC")]
    public void A_mistake_made_again_is_found_by_the_shortest_way(string id)
    {
        RingFault fault = RingFault.Find(id)!;
        RingModel model = new(RingScope.ThatShows(fault), fault);
        int only = model.Properties.Index().Single(p => p.Item.Id == fault.Breaks).Index;

        var found = Explorer.Run<RingModel, RingExpander>(model, new() { Workers = 1, OnlyProperty = only });

        Assert.Equal(only, found.TraceProperty);
        IEnumerable<string> steps = Enumerable.Range(1, found.Trace.Count - 1).Select(k => model.Describe(found.Trace[k - 1], found.Trace[k]));
        Golden.Check($"explored-{id}.txt", $"{fault.Breaks}  {fault.Says}\n\n{string.Join('\n', steps)}\n\n{model.Violation(only, found.Trace[^1])}\n");
    }
}
