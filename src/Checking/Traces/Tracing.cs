using Checking.Exploration;
using Checking.Proving;
using Checking.Refuting;

namespace Checking.Traces;

/// <summary>The traces of the three searches, in one form.</summary>
public static class Tracing
{
    /// <summary>The shortest way to the violation that a search found; null if it found none.</summary>
    public static Trace? Of<TWorker>(IExplorable<TWorker> model, Exploration.Exploration found) where TWorker : struct, IExpander
    {
        if (found.TraceProperty is not { } index || found.Trace.Count == 0) return null;
        Property property = model.Properties[index];
        IReadOnlyList<KeyValuePair<string, string>> start = model.Facts(found.Trace[0]), facts = start;
        List<TraceStep> steps = [];
        for (int i = 1; i < found.Trace.Count; i++)
        {
            IReadOnlyList<KeyValuePair<string, string>> next = model.Facts(found.Trace[i]);
            steps.Add(new(model.Describe(found.Trace[i - 1], found.Trace[i]), Differences(facts, next)));
            facts = next;
        }

        return new(property.Id, property.Says, property.Source, start, steps, model.Violation(index, found.Trace[^1]));
    }

    /// <summary>An attack, from boot on.</summary>
    public static Trace Of(Attack attack) => new(
        attack.Property, attack.Says, attack.Source, attack.Start, [.. attack.Steps.Select(s => new TraceStep(s.Request, Changes(s)))], attack.Witness);

    /// <summary>A counterexample to induction: one step from a state in which every invariant holds.</summary>
    public static Trace Of(Failure failure, Counterexample found)
    {
        Dictionary<string, string> before = found.Before.ToDictionary();
        Change[] changes = [.. found.After.Select(a => new Change(a.Key, before.GetValueOrDefault(a.Key), a.Value))];
        return new(failure.Invariant, found.Says, found.Source, found.Before, [new(found.Step, changes)], found.Broken);
    }

    private static List<Change> Differences(IReadOnlyList<KeyValuePair<string, string>> before, IReadOnlyList<KeyValuePair<string, string>> after)
    {
        Dictionary<string, string> old = before.ToDictionary(), now = after.ToDictionary();
        return
        [
            .. before.Where(b => now.GetValueOrDefault(b.Key) != b.Value).Select(b => new Change(b.Key, b.Value, now.GetValueOrDefault(b.Key))),
            .. after.Where(a => !old.ContainsKey(a.Key)).Select(a => new Change(a.Key, null, a.Value)),
        ];
    }

    private static IReadOnlyList<Change> Changes(AttackStep step)
    {
        Dictionary<string, string?> after = step.After.ToDictionary();
        return [.. step.Before.Select(b => new Change(b.Key, b.Value, after.GetValueOrDefault(b.Key)))];
    }
}
