using Checking.Refuting.Finite;
using Checking.Refuting.Shapes;

namespace Checking.Refuting;

/// <summary>One request, of which shape and with what arguments is left open, and the state that it leads to.</summary>
/// <param name="Candidates">the shapes that it may have, of which it has exactly one</param>
/// <param name="Words">the arguments, of these shapes and of others</param>
internal sealed record OpenRequest(OpenState Before, IReadOnlyList<Candidate> Candidates, IReadOnlyDictionary<Variable, FiniteWord> Words)
{
    /// <summary>The request is one that can be made.</summary>
    public Formula Lawful
    {
        get
        {
            Formula lawful = Choice.ExactlyOne([.. Candidates.Select(c => c.Chosen)]);
            foreach (Variable variable in Candidates.SelectMany(c => c.Variables).Distinct()) lawful &= Choice.ExactlyOne(Words[variable]);
            return Candidates.Aggregate(lawful, (all, c) => all & (!c.Chosen | c.May));
        }
    }

    /// <summary>It leaves nothing in a vCPU's hands and nothing on the way.</summary>
    public Formula IsAtRest => Any(c => c.IsAtRest);

    /// <summary>Some step of it does what no sound step does.</summary>
    public Formula IsWrong => Any(c => c.IsWrong);

    /// <summary>The state after it, with everything put to rest.</summary>
    public OpenState After => field ??= Merge.Of(Before, [.. Candidates.Select(c => (c.Chosen, c.After))]);

    /// <summary>The same request with fewer shapes to choose from.</summary>
    public OpenRequest Among(Func<Candidate, bool> isMeant) => new(Before, [.. Candidates.Where(isMeant)], Words);

    /// <summary>The request has the shape and the arguments that the values give it; arguments that the shape has not may be any.</summary>
    public Formula IsAsIn(bool[] values)
    {
        Candidate chosen = Candidates.First(c => Graph.IsTrue(values, c.Chosen.Literal));
        Formula same = chosen.Chosen;
        foreach (Variable variable in chosen.Variables)
            same &= Words[variable].Cases.ToArray().First(c => Graph.IsTrue(values, c.When.Literal)).When;
        return same;
    }

    private Formula Any(Func<Candidate, Formula> holds) => Candidates.Aggregate(Formula.Of(false), (any, c) => any | (c.Chosen & holds(c)));
}

/// <summary>A shape that a request may have, and where it leads if it has.</summary>
/// <param name="Chosen">the request has the shape</param>
/// <param name="May">some request of the scope can be made that has it</param>
/// <param name="IsAtRest">it leaves nothing in a vCPU's hands and nothing on the way</param>
/// <param name="IsWrong">some step of it does what no sound step does</param>
/// <param name="IsIdle">put to rest, the state is what it was, whatever the arguments</param>
internal sealed record Candidate(
    Shape Shape, Formula Chosen, Formula May, Formula IsAtRest, Formula IsWrong, bool IsIdle, OpenState After)
{
    public IEnumerable<Variable> Variables => Shape.Variables.SelectMany(v => v).Distinct();
}
