using Checking.Proving.Small;
using Checking.Proving.Solving;
using Checking.Proving.Unbounded;

namespace Checking.Proving.Mutation;

/// <summary>Leaves out every condition of every step's guard, one at a time, and sees which invariant notices.</summary>
internal static class Mutations
{
    /// <summary>All of them, by step and in the order of its text.</summary>
    /// <param name="batches">everything that is asked of every step, the inductive queries of a step before others</param>
    /// <param name="small">small worlds in which to look first, the smallest first</param>
    public static Mutant[] Run(ProofRequest request, IEnumerable<Batch> batches, Func<SmallWorld[]> small)
    {
        (Batch[] Batches, int Condition)[] mutations =
        [
            .. from step in batches.Where(b => b.Guards.Count != 0).GroupBy(b => b.Step).Select(g => g.ToArray())
               from condition in Enumerable.Range(0, Guards.Of(step[0].Guards[0]).Count())
               select (step, condition),
        ];
        using ThreadLocal<Grounding[]> worlds = new(() => [.. small().Select(w => new Grounding(w))]);
        int done = 0;
        Mutant? Tried(Desk desk, (Batch[] Batches, int Condition) mutation)
        {
            Mutant? mutant = Try(desk, worlds.Value!, mutation.Batches, mutation.Condition);
            request.Progress?.Invoke(Interlocked.Increment(ref done), mutations.Length);
            return mutant;
        }

        return [.. Team.Do(mutations, request, Tried, _ => null).OfType<Mutant>()];
    }

    /// <summary>The cheapest questions first: most mutations are noticed where there are two frames, and most others change nothing.</summary>
    private static Mutant? Try(Desk desk, Grounding[] worlds, Batch[] batches, int condition)
    {
        (string step, Formula may) = (batches[0].Step, batches[0].Guards[0]);
        string text = Guards.Of(may).ElementAt(condition).Condition;
        Batch mutated = Without(batches[0], condition);
        Mutant Noticed(string[] by) => new(step, text, by, RedundantBy: null);

        if (BrokenIn(worlds[..1], desk, mutated) is { Length: > 0 } soon) return Noticed(soon);

        Batch asBefore = mutated with { Goals = [new("as before", "", may)] };
        if (BrokenIn(worlds, desk, asBefore).Length == 0 && Refuted(desk, asBefore) is { Length: 0 })
            return Noticed([]) with { RedundantBy = Redundant.Implied };

        if (BrokenIn(worlds[1..], desk, mutated) is { Length: > 0 } later) return Noticed(later);

        string[]? ever = Refuted(desk, mutated);
        if (ever is not { Length: 0 }) return desk.IsInterrupted ? null : Noticed(ever ?? []);

        string[] others = [.. batches.Skip(1).SelectMany(b => BrokenIn(worlds[..1], desk, Without(b, condition))).Distinct()];
        return desk.IsInterrupted ? null : Noticed(others) with { RedundantBy = others.Length == 0 ? Redundant.Why(step, text) : null };
    }

    /// <summary>What does not follow in the first of the worlds where something does not.</summary>
    private static string[] BrokenIn(Grounding[] worlds, Desk desk, Batch batch)
    {
        Goal everything = new("", "", Formula.All(batch.Goals.Select(g => g.Claim)));
        return worlds
            .Where(w => Refuted(desk, InSmall(batch with { Goals = [everything] }, w)) is { Length: > 0 })
            .Select(w => Refuted(desk, InSmall(batch, w)) ?? [])
            .FirstOrDefault([]);
    }

    /// <summary>The same queries in a small world, where what does not follow is found out soonest.</summary>
    private static Batch InSmall(Batch batch, Grounding ground) => batch with
    {
        Given = [.. ground.World.Rules(new([.. batch.Given, .. batch.Goals.Select(g => g.Claim)])), .. batch.Given.Select(ground.Of)],
        Goals = [.. batch.Goals.Select(g => g with { Claim = ground.Of(g.Claim) })],
    };

    /// <summary>The same step, which asks and therefore does what the guard is without the condition.</summary>
    private static Batch Without(Batch batch, int condition)
    {
        Substitution instead = new(batch.Guards.Select(may => (may, Guards.Of(may).ElementAt(condition).Rest)));
        return batch with
        {
            MustBePossible = false,
            Given = [.. batch.Given.Select(instead.In)],
            Goals = [.. batch.Goals.Select(g => g with { Claim = instead.In(g.Claim) })],
        };
    }

    /// <summary>What does not follow, each asked for itself; null if the solver cannot tell.</summary>
    private static string[]? Refuted(Desk desk, Batch batch)
    {
        Findings findings = desk.Ask(batch, () => { });
        if (findings.Goals.Contains(Finding.Unknown)) return null;

        return [.. batch.Goals.Where((_, k) => findings.Goals[k] == Finding.Refuted).Select(g => g.Invariant).Distinct()];
    }
}
