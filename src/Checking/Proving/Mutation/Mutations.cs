using Checking.Proving.Small;
using Checking.Proving.Solving;
using Checking.Proving.Unbounded;

namespace Checking.Proving.Mutation;

/// <summary>Leaves out every condition of every step's guard, one at a time, and sees which invariant notices.</summary>
internal static class Mutations
{
    /// <summary>All of them, by step and in the order of its text.</summary>
    /// <param name="batches">everything that is asked of every step, the inductive queries of a step before others</param>
    public static Mutant[] Run(ProofRequest request, IEnumerable<Batch> batches)
    {
        (Batch[] Batches, int Condition)[] mutations =
        [
            .. from step in batches.Where(b => b.Guards.Count != 0).GroupBy(b => b.Step).Select(g => g.ToArray())
               from condition in Enumerable.Range(0, Guards.Of(step[0].Guards[0]).Count())
               select (step, condition),
        ];
        using ThreadLocal<Grounding[]> worlds = new(() => [new(new(2, 1, 1)), new(new(3, 2, 2)), new(new(5, 1, 1))]); // A walk names five frames.
        return [.. Team.Do(mutations, request, (desk, m) => Try(desk, worlds.Value!, m.Batches, m.Condition), _ => null).OfType<Mutant>()];
    }

    /// <summary>The cheapest questions first: most mutations are noticed where there are two frames, and most others change nothing.</summary>
    private static Mutant? Try(Desk desk, Grounding[] worlds, Batch[] batches, int condition)
    {
        (string step, Formula may) = (batches[0].Step, batches[0].Guards[0]);
        string text = Guards.Of(may).ElementAt(condition).Condition;
        Batch mutated = Without(batches[0], condition);
        string[] some = Noticed(desk, InSmall(mutated, worlds[0]));
        bool isImplied = some.Length == 0 && Noticed(desk, worlds, mutated with { Goals = [new("", "", may)] }).Length == 0;
        if (some.Length == 0 && !isImplied) some = Noticed(desk, worlds[1..], mutated);
        if (some.Length == 0 && !isImplied) some = [.. batches.Skip(1).SelectMany(b => Noticed(desk, worlds, Without(b, condition))).Distinct()];
        if (desk.IsInterrupted) return null;

        return new(step, text, some, some.Length != 0 ? null : isImplied ? Redundant.Implied : Redundant.Why(step, text));
    }

    /// <summary>What does not follow in the first small world where something does not; else, in any.</summary>
    private static string[] Noticed(Desk desk, Grounding[] worlds, Batch batch)
    {
        foreach (Grounding ground in worlds)
        {
            if (Noticed(desk, InSmall(batch, ground)) is { Length: > 0 } some) return some;
        }

        return Noticed(desk, batch);
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

    /// <summary>What does not follow.</summary>
    /// <exception cref="TimeoutException">the solver could not tell</exception>
    private static string[] Noticed(Desk desk, Batch batch)
    {
        Findings findings = desk.Ask(batch, () => { });
        if (findings.Goals.Contains(Finding.Unknown))
            throw new TimeoutException($"{batch.Step} with a condition left out: the solver gave up ({findings.Reasons.First(r => r is not null)})");

        return [.. batch.Goals.Where((_, k) => findings.Goals[k] == Finding.Refuted).Select(g => g.Invariant).Distinct()];
    }
}
