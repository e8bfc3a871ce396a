using Checking.Proving.Small;
using Checking.Proving.Solving;
using Checking.Proving.Unbounded;
using Microsoft.Z3;
using Model.Domains;
using Sort = Model.Domains.Sort;

namespace Checking.Proving.Counterexamples;

/// <summary>Settles, one after another, everything that the solver is free to choose, always for the plainest value that is possible.</summary>
/// <remarks>So the counterexample that is shown depends on the model's text, not on the solver's mood.</remarks>
internal sealed class Choices(Desk desk, Solver solver, SmallWorld world)
{
    private Microsoft.Z3.Model _model = solver.Model;

    /// <summary>A word, the first that is possible.</summary>
    public int Word(Term term, Sort sort) => Word(term, world.Words(sort));

    /// <summary>A word, the first of these that is possible.</summary>
    public int Word(Term term, IEnumerable<(Term Term, int Value)> words)
    {
        foreach ((Term candidate, int value) in words)
        {
            if (IsSettled(term == candidate)) return value;
        }

        throw new InvalidOperationException($"{term} is none of the words there are");
    }

    /// <summary>A bit; the value preferred if it is possible.</summary>
    public bool Bit(Formula bit, bool preferred = false)
    {
        if (bit.Node is Known known) return known.Value;

        return IsSettled(preferred ? bit : !bit) == preferred;
    }

    /// <summary>From here on it holds, if it can.</summary>
    private bool IsSettled(Formula wanted)
    {
        if (wanted.Node is Known known) return known.Value;

        BoolExpr formula = desk.Translator.Of(wanted);
        if (!_model.Eval(formula, completion: true).IsTrue)
        {
            solver.Push();
            solver.Add(formula);
            bool isPossible = solver.Check() == Status.SATISFIABLE;
            if (isPossible) _model = solver.Model;
            solver.Pop();
            if (!isPossible) return false;
        }

        solver.Add(formula);
        return true;
    }
}
