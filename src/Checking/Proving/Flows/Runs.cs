using Checking.Proving.Unbounded;
using Model.Faults;

namespace Checking.Proving.Flows;

/// <summary>The states that two runs have come to, of which it is known that every invariant holds.</summary>
internal sealed class Runs(SymbolicState one, SymbolicState other)
{
    public SymbolicState One => one;

    public SymbolicState Other => other;

    /// <summary>What is known of the first.</summary>
    public IReadOnlyList<Formula> GivenOfOne { get; } = Given(one);

    /// <summary>What is known of either.</summary>
    public IReadOnlyList<Formula> GivenOfBoth => field ??= [.. GivenOfOne, .. Given(other)];

    private static Formula[] Given(SymbolicState state)
    {
        Formula[] claims = [.. Statements.Of(state).Select(s => s.Everywhere)];
        return [.. claims, .. Counting.NothingIsNone(new Signature(claims))];
    }
}

/// <summary>The same step, with the same arguments, in both runs.</summary>
internal sealed record Pair(Runs Runs, Taken One, Taken Other, Fault? Fault)
{
    public static Pair Of(Runs runs, MicroStep step, Fault? fault)
    {
        object[] arguments = step.Arguments();
        return new(runs, step.Take(runs.One, arguments, fault), step.Take(runs.Other, arguments, fault), fault);
    }

    /// <summary>Before the step the domain could not tell the runs apart.</summary>
    public IEnumerable<Formula> LookTheSameTo(Term domain) =>
        new SymbolicObservation(Runs.One, Runs.Other, domain).All
            .Select(a => Formula.ForAll([.. a.Of.Select((sort, k) => ($"seen{k}", sort))], a.IsAlike));
}
