using Checking.Proving.Solving;
using Checking.Proving.Unbounded;

namespace Checking.Proving.Mutation;

/// <summary>Leaves out every condition of every step's guard, one at a time, and sees which invariant notices.</summary>
internal static class Mutations
{
    /// <summary>All of them, by step and in the order of its text.</summary>
    public static Mutant[] Run(ProofRequest request)
    {
        Batch[] batches = [.. Inductive.Batches(fault: null)];
        (Batch Batch, Dropped Dropped)[] mutations = [.. batches.SelectMany(b => Guards.Of(b.Taken!.May).Select(d => (b, d)))];
        return [.. Team.Do(mutations, request, (desk, m) => Try(desk, m.Batch, m.Dropped), _ => null).OfType<Mutant>()];
    }

    private static Mutant? Try(Desk desk, Batch batch, Dropped dropped)
    {
        string step = batch.Step;
        Batch mutated = Without(batch, dropped);
        Goal everything = new("", "", Formula.All(mutated.Goals.Select(g => g.Claim)));
        Finding unharmed = desk.Ask(mutated with { Goals = [everything] }, () => { }).Goals[0];
        if (unharmed == Finding.Unasked) return null;
        if (unharmed != Finding.Proved) return new(step, dropped.Condition, Noticed(desk, mutated), RedundantBy: null);

        Goal asBefore = new("", "", batch.Taken!.May);
        bool isImplied = desk.Ask(mutated with { Goals = [asBefore] }, () => { }).Goals[0] == Finding.Proved;
        return new(step, dropped.Condition, CaughtBy: [], isImplied ? Redundant.Implied : Redundant.Why(step, dropped.Condition));
    }

    /// <summary>The same step, which asks and therefore does what the guard is without the condition.</summary>
    private static Batch Without(Batch batch, Dropped dropped)
    {
        Node may = batch.Taken!.May.Node;
        Substitution instead = new(may, dropped.Rest.Node);
        return batch with
        {
            MustBePossible = false,
            Given = [.. batch.Given.Select(g => ReferenceEquals(g.Node, may) ? dropped.Rest : g)],
            Goals = [.. batch.Goals.Select(g => g with { Claim = instead.In(g.Claim) })],
        };
    }

    /// <summary>The invariants that do not follow any more.</summary>
    private static string[] Noticed(Desk desk, Batch mutated)
    {
        Findings findings = desk.Ask(mutated, () => { });
        return [.. mutated.Goals.Where((_, k) => findings.Goals[k] == Finding.Refuted).Select(g => g.Invariant).Distinct()];
    }
}
