using Checking.Proving.Unbounded;
using Model;
using Model.Domains;
using Model.Faults;
using Model.Observation;
using SymbolicObservation = Model.Observation.Observation<
    Checking.Proving.Unbounded.Formula, Checking.Proving.Unbounded.Term, Checking.Proving.Unbounded.Predicate, Checking.Proving.Unbounded.Valuation>;

namespace Checking.Proving.Flows;

/// <summary>No domain learns of another but through the flows that are declared: two runs of every step, side by side.</summary>
/// <remarks>
/// Unwinding (J. Rushby, SRI CSL-92-02): what is proved of one step extends to runs of any length. The steps of both runs have
/// the same arguments, of which nothing is known; of the states it is known that every invariant holds. What is assumed is
/// possible wherever the step is: two runs that are the same look the same to everybody.
/// </remarks>
internal static class Silence
{
    public const string Group = "silent";

    /// <summary>For each step what must be silent.</summary>
    /// <param name="declared">the flows that need not be</param>
    public static IEnumerable<Batch> Batches(Fault? fault, IReadOnlyList<Flow> declared)
    {
        Runs runs = new(Symbolic.State(), Symbolic.State("other."));
        return MicroStep.All.SelectMany(step => Batches(runs, step, fault, declared));
    }

    private static IEnumerable<Batch> Batches(Runs runs, MicroStep step, Fault? fault, IReadOnlyList<Flow> declared)
    {
        object[] arguments = step.Arguments();
        Pair pair = new(runs, step.Take(runs.One, arguments, fault), step.Take(runs.Other, arguments, fault));
        HashSet<string> allowed = [.. declared.Where(f => f.Step == step.Name).Select(f => f.Query)];

        yield return Without(allowed, Respect(pair));
        yield return Without(allowed, Effects(pair));
        if (Flow.Declared.Any(f => f.Step == step.Name && f.Changes)) yield return Without(allowed, EffectsOnOthers(pair));
    }

    /// <summary>What a domain sees for which the step does not act is as it was.</summary>
    [Clause("FL-10")]
    private static Batch Respect(Pair pair) => Ask(
        pair,
        [.. pair.Runs.GivenOfOne, pair.One.May, IsDomain(Observer), Observer != Actor.Of(pair.One)],
        Seen("FL-10", "FL-10", new(pair.One.Before, pair.One.After, Observer)));

    /// <summary>The domain for which the step acts gets the same answer in both runs, and sees the same afterwards.</summary>
    [Clause("FL-11"), Clause("FL-12")]
    private static Batch Effects(Pair pair) => Ask(
        pair,
        [.. pair.Runs.GivenOfBoth, .. pair.LookTheSameTo(Observer), pair.One.May, IsDomain(Observer), Observer == Actor.Of(pair.One)],
        [
            new("FL-11", "FL-11", pair.Other.May),
            .. Seen("FL-12", "FL-12", new(pair.One.After, pair.Other.After, Observer), given: pair.Other.May),
        ]);

    /// <summary>What another domain sees after a step that may change it depends on what it and the actor saw before.</summary>
    /// <remarks>Of a step that changes nothing for others (FL-10) this need not be asked.</remarks>
    [Clause("FL-12")]
    private static Batch EffectsOnOthers(Pair pair)
    {
        Term actor = Actor.Of(pair.One);
        return Ask(
            pair,
            [
                .. pair.Runs.GivenOfBoth, .. pair.LookTheSameTo(Observer), .. pair.LookTheSameTo(actor),
                pair.One.May, IsDomain(Observer), IsDomain(actor), Observer != actor,
            ],
            Seen("FL-12", "FL-12.others", new(pair.One.After, pair.Other.After, Observer), given: pair.Other.May));
    }

    private static Batch Ask(Pair pair, IReadOnlyList<Formula> given, IReadOnlyList<Goal> goals) =>
        new(Group, pair.One.Step.Name, given, goals) { Taken = pair.One };

    private static Batch Ask(Taken one, Taken? other, Fault? fault, IReadOnlyList<Formula> given, IReadOnlyList<Goal> goals) =>
        new(Group, one.Step.Name, given, goals)
        {
            Taken = one,
            Guards = other is null ? [one.May] : [one.May, other.May],
            Explain = (desk, goal) => new Leak(goal, one, other, fault).Find(desk, given),
        };

    /// <summary>A goal for each thing that a domain sees, so that a failure names what leaks.</summary>
    private static Goal[] Seen(string query, SymbolicObservation observation, Formula? given = null) =>
    [
        .. from aspect in observation.All
           let name = $"{query}.{aspect.Name}"
           select new Goal(name, name, Formula.Implies(given ?? Formula.Of(true), aspect.IsAlike(Leak.Somewhere(aspect.Of)))),
    ];

    private static Formula IsDomain(Term domain) => domain != Literal(Domid.Nobody) & domain != Literal(Domid.Xen);

    private static Term Literal(Domid domain) => Term.Literal(Sort.Domain, domain.Value);

    /// <summary>A goal for each thing that a domain sees, so that a failure names what leaks.</summary>
    private static Goal[] Seen(string clause, string name, SymbolicObservation observation, Formula? given = null) =>
    [
        .. observation.All.Select(a => new Goal(
            clause,
            $"{name}.{a.Name}",
            Formula.Implies(given ?? Formula.Of(true), a.IsAlike([.. a.Of.Select((sort, k) => Term.Fresh($"some{k}", sort))])))),
    ];

    private static Batch Without(HashSet<string> allowed, Batch batch) =>
        batch with { Goals = [.. batch.Goals.Where(g => !allowed.Contains(g.Name))] };

    /// <summary>The states that two runs have come to.</summary>
    private sealed class Runs(SymbolicState one, SymbolicState other)
    {
        public SymbolicState One => one;

        public SymbolicState Other => other;

        /// <summary>Every invariant holds of the first, and nothing counts as nothing.</summary>
        public IReadOnlyList<Formula> GivenOfOne { get; } = Given(one);

        public IReadOnlyList<Formula> GivenOfBoth => field ??= [.. GivenOfOne, .. Given(other)];

        private static Formula[] Given(SymbolicState state)
        {
            Formula[] claims = [.. Statements.Of(state).Select(s => s.Everywhere)];
            return [.. claims, .. Counting.NothingIsNone(new Signature(claims))];
        }
    }

    /// <summary>The same step in both runs.</summary>
    private sealed record Pair(Runs Runs, Taken One, Taken Other)
    {
        public IEnumerable<Formula> LookTheSameTo(Term domain) =>
            new SymbolicObservation(Runs.One, Runs.Other, domain).All.Select(a => Formula.ForAll([.. a.Of.Select((sort, k) => ($"seen{k}", sort))], a.IsAlike));
    }
}
