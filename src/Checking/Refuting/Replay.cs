using Checking.Memory;
using Checking.Refuting.Finite;
using Checking.Refuting.Shapes;
using Model;

namespace Checking.Refuting;

/// <summary>Does on the concrete model what the solver found: for every state that it filled in, the request that leads there.</summary>
/// <param name="property">the only invariant to break, or null</param>
/// <param name="counts">the states keep track of Xen's integers</param>
internal sealed class Replay(MemoryScope scope, string? property, bool counts)
{
    /// <param name="states">the state after each request; the last may be left half done</param>
    /// <returns>the attack, or null if nothing is broken; and how many requests led where they were to lead</returns>
    public (Attack? Attack, int Done) Run(IReadOnlyList<OpenState> states)
    {
        Machine at = scope.Boot();
        List<AttackStep> steps = [];
        for (int i = 0; i < states.Count; i++)
        {
            bool isLast = i == states.Count - 1;
            if (Find(at, states[i], isLast) is not var (request, answer, next)) return (null, i);

            steps.Add(AttackSteps.Of(scope, request, answer, at, next));
            at = next;
        }

        Attack? attack = Broken(at) is { } violation
            ? new(violation.InvariantId, violation.Says, violation.Source, violation.Witness, StateFacts.Of(scope, scope.Boot()), steps)
            : null;
        return (attack, states.Count);
    }

    private (MemoryRequest Request, Answer Answer, Machine Next)? Find(Machine at, OpenState wanted, bool isLast)
    {
        foreach (MemoryRequest request in scope.Requests)
        {
            Machine next = at.Under(scope.Shape);
            if (scope.Attempt(request, next, out _) is { } answer && IsAsWanted(next, wanted, isLast)) return (request, answer, next);
        }

        return null;
    }

    /// <summary>The state is the one that was found, or, in the end, it is broken with something left on the way.</summary>
    private bool IsAsWanted(Machine next, OpenState wanted, bool isLast)
    {
        OpenState reached = OpenState.Of(next.State, Unrolling.UniverseOf(scope), new(), counts);
        Formula atRest = Unrolling.PutToRest(reached.State);
        return reached.IsIdentical(wanted) && (atRest.Always || (isLast && Broken(next) is not null));
    }

    private Violation? Broken(Machine machine)
    {
        foreach (Violation violation in machine.CheckAll())
        {
            if (property is null || violation.InvariantId == property) return violation;
        }

        return null;
    }
}
