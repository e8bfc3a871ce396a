using Conformance.Generation;
using Conformance.Scripts;

namespace Conformance.Campaigns;

/// <summary>Brings a failing script down to the shortest that fails alike, on the smallest stage that it can.</summary>
/// <param name="fresh">makes a target like the one on which the script failed, for a stage of some shape</param>
internal sealed class Shortening(Func<StageShape, ITarget> fresh, ShrinkOptions options)
{
    /// <remarks>A hole gives way to the least that the target has (<see cref="LeastHole"/>), unless what was found by shrinking costs less.</remarks>
    public CaseResult Shorten(CaseResult failing)
    {
        CaseResult shortest = Shrunk(OnSmallest(failing) ?? failing);
        if (OnSmallest(shortest) is { } alone) shortest = Shrunk(alone);
        if (shortest.Failure!.Class != FailureClass.Laxer) return shortest;

        using ITarget target = fresh(failing.Script.Shape.Smallest);
        int cost = LeastHole.Cost(shortest);
        return LeastHole.Find(target, failing.Script.Shape.Kind, cost, options) ?? shortest;
    }

    private CaseResult Shrunk(CaseResult failing)
    {
        using ITarget target = fresh(failing.Script.Shape);
        return ScriptShrinker.Shrink(failing, target, options);
    }

    /// <summary>The same acts by one vCPU of one domain, or those of the domain at whose act it failed, if that fails alike.</summary>
    private CaseResult? OnSmallest(CaseResult failing)
    {
        StageShape smallest = failing.Script.Shape.Smallest;
        if (failing.Script.Shape == smallest) return null;
        IReadOnlyList<Act> acts = failing.Script.Acts;
        int domain = acts[failing.Failure!.Step].Domain;
        using ITarget target = fresh(smallest);
        return target
            .Run([new(smallest, [.. acts.Select(Alone)]), new(smallest, [.. acts.Where(a => a.Domain == domain).Select(Alone)])])
            .FirstOrDefault(r => r.Failure is { } other && (other.Class == FailureClass.Laxer || (other.Class, other.Claim) == (failing.Failure.Class, failing.Failure.Claim)));
    }

    private static Act Alone(Act act) => act with
    {
        Domain = 1,
        Vcpu = 0,
        Operands = [.. act.Operands.Select(o => o.Domain == 0 ? o : o with { Domain = 1 })],
        Members = [.. act.Members.Select(Alone)],
        PausesAt = null,
    };
}
