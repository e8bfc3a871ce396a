using Microsoft.Z3;

namespace Checking.Refuting.Finite;

/// <summary>Asks Z3's propositional solver whether formulas of a graph can hold together.</summary>
/// <remarks>Every node that matters becomes a constant and three clauses, once; what was required stays required.</remarks>
internal sealed class Satisfier : IDisposable
{
    private readonly Graph _graph;
    private readonly Context _context = new();
    private readonly Solver _solver;
    private readonly Dictionary<int, BoolExpr> _positive = [], _negative = [];

    public Satisfier(Graph graph)
    {
        _graph = graph;
        _solver = _context.MkSolver("QF_FD");
    }

    /// <summary>Why <see cref="Check"/> could not tell.</summary>
    public string Reason => _solver.ReasonUnknown;

    /// <summary>The formula holds from here on.</summary>
    public void Require(Formula formula)
    {
        if (!formula.Always) _solver.Add(formula.Never ? _context.MkFalse() : Literal(formula.Literal));
    }

    /// <summary>Whether the formula can hold with all that was required; null if the solver was stopped.</summary>
    public bool? Check(Formula formula, CancellationToken cancel)
    {
        if (formula.Never) return false;

        BoolExpr assumption = formula.Always ? _context.MkTrue() : Literal(formula.Literal);
        if (cancel.IsCancellationRequested) return null;

        using CancellationTokenRegistration registration = cancel.Register(_context.Interrupt);
        return _solver.Check(assumption) switch
        {
            Status.SATISFIABLE => true,
            Status.UNSATISFIABLE => false,
            _ => null,
        };
    }

    /// <summary>What every node is in the solution that <see cref="Check"/> found.</summary>
    public bool[] Solution()
    {
        Microsoft.Z3.Model model = _solver.Model;
        return _graph.Evaluate(node => _positive.TryGetValue(node, out BoolExpr? input) && model.Eval(input, true).IsTrue);
    }

    public void Dispose()
    {
        _solver.Dispose();
        _context.Dispose();
    }

    private BoolExpr Literal(int literal)
    {
        Define(literal >> 1);
        return Known(literal);
    }

    /// <summary>Says what a node is, and every node that it is made of: first those, then it.</summary>
    private void Define(int node)
    {
        Stack<int> open = new([node]);
        while (open.TryPeek(out int next))
        {
            if (_positive.ContainsKey(next))
            {
                open.Pop();
                continue;
            }

            if (_graph.Conjuncts(next) is not var (left, right))
            {
                Declare(next);
                continue;
            }

            bool areKnown = _positive.ContainsKey(left >> 1) && _positive.ContainsKey(right >> 1);
            if (!areKnown)
            {
                open.Push(left >> 1);
                open.Push(right >> 1);
                continue;
            }

            Declare(next);
            _solver.Add(
                _context.MkOr(_negative[next], Known(left)),
                _context.MkOr(_negative[next], Known(right)),
                _context.MkOr(_positive[next], Known(left ^ 1), Known(right ^ 1)));
        }
    }

    private void Declare(int node)
    {
        _positive[node] = _context.MkBoolConst($"n{node}");
        _negative[node] = _context.MkNot(_positive[node]);
    }

    private BoolExpr Known(int literal) => ((literal & 1) == 0 ? _positive : _negative)[literal >> 1];
}
