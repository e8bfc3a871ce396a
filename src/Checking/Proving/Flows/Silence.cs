// What one domain sees of two states, over formulas.
global using SymbolicObservation = Model.Observation.Observation<
    Checking.Proving.Unbounded.Formula, Checking.Proving.Unbounded.Term, Checking.Proving.Unbounded.Predicate, Checking.Proving.Unbounded.Valuation>;
using Checking.Proving.Unbounded;
using Model;
using Model.Domains;
using Model.Faults;

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

    /// <summary>The domain that looks.</summary>
    public static Term Observer { get; } = Term.Fresh("u", Sort.Domain);

    /// <summary>For each step what must be silent.</summary>
    /// <param name="declared">the flows that need not be</param>
    public static IEnumerable<Batch> Batches(Fault? fault, IReadOnlyList<Flow> declared)
    {
        Runs runs = new(Symbolic.State(), Symbolic.State("other."));
        foreach (MicroStep step in MicroStep.All)
        {
            Batch[] batches = Batches(Pair.Of(runs, step, fault), declared);
            bool isInDoubt = fault is not null && batches[0].DoubtedUnless(Batches(Pair.Of(runs, step, fault: null), declared)[0]).IsInDoubt;
            foreach (Batch batch in batches) yield return batch with { IsInDoubt = isInDoubt };
        }
    }

    private static Batch[] Batches(Pair pair, IReadOnlyList<Flow> declared)
    {
        string step = pair.One.Step.Name;
        HashSet<string> allowed = [.. declared.Where(f => f.Step == step).Select(f => f.Query)];
        Batch[] batches = Flow.Declared.Any(f => f.Step == step && f.Changes)
            ? [Respect(pair), Effects(pair), EffectsOnOthers(pair)]
            : [Respect(pair), Effects(pair)];
        return [.. batches.Select(b => b with { Goals = [.. b.Goals.Where(g => !allowed.Contains(g.Name))] })];
    }

    /// <summary>What a domain sees for which the step does not act is as it was.</summary>
    [Clause("FL-10")]
    private static Batch Respect(Pair pair) => Ask(
        pair.One,
        null,
        pair.Fault,
        [.. pair.Runs.GivenOfOne, pair.One.May, IsDomain(Observer), Observer != Actor.Of(pair.One)],
        Seen("FL-10", new(pair.One.Before, pair.One.After, Observer)));

    /// <summary>The domain for which the step acts gets the same answer in both runs, and sees the same afterwards.</summary>
    [Clause("FL-11"), Clause("FL-12")]
    private static Batch Effects(Pair pair) => OfBoth(
        pair,
        [.. pair.LookTheSameTo(Observer), IsDomain(Observer), Observer == Actor.Of(pair.One)],
        [
            new("FL-11", "FL-11", pair.Other.May),
            .. Seen("FL-12", new(pair.One.After, pair.Other.After, Observer), pair.Other.May),
        ]);

    /// <summary>What another domain sees after a step that may change it depends on what it and the actor saw before.</summary>
    /// <remarks>Of a step that changes nothing for others (FL-10) this need not be asked.</remarks>
    [Clause("FL-12")]
    private static Batch EffectsOnOthers(Pair pair)
    {
        Term actor = Actor.Of(pair.One);
        return OfBoth(
            pair,
            [.. pair.LookTheSameTo(Observer), .. pair.LookTheSameTo(actor), IsDomain(Observer), IsDomain(actor), Observer != actor],
            Seen("FL-12.others", new(pair.One.After, pair.Other.After, Observer), pair.Other.May));
    }

    private static Batch OfBoth(Pair pair, IEnumerable<Formula> given, IReadOnlyList<Goal> goals) =>
        Ask(pair.One, pair.Other, pair.Fault, [.. pair.Runs.GivenOfBoth, pair.One.May, .. given], goals);

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
}
