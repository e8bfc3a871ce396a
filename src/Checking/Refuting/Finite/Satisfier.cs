using System.Text;
using Microsoft.Z3;

namespace Checking.Refuting.Finite;

/// <summary>Asks Z3's propositional solver whether formulas of a graph can hold together.</summary>
/// <remarks>
/// Every question goes to a new solver, as clauses in DIMACS form: one that keeps what it was asked before may simplify less,
/// and took four times as long.
/// </remarks>
internal sealed class Satisfier(Graph graph) : IDisposable
{
    private readonly Context _context = new();
    private readonly List<Formula> _required = [];
    private Solver? _solver;

    /// <summary>The formula holds from here on.</summary>
    public void Require(Formula formula) => _required.Add(formula);

    /// <summary>Whether the formula can hold with all that was required; null if the solver was stopped.</summary>
    /// <exception cref="Z3Exception">Z3 failed</exception>
    public bool? Check(Formula formula, CancellationToken cancel)
    {
        if (formula.Never || _required.Any(r => r.Never)) return false;
        if (cancel.IsCancellationRequested) return null;

        _solver?.Dispose();
        _solver = _context.MkSolver(_context.MkTactic("sat"));
        _solver.FromString(Clauses([.. _required, formula]));
        using CancellationTokenRegistration registration = cancel.Register(_context.Interrupt);
        return _solver.Check() switch
        {
            Status.SATISFIABLE => true,
            Status.UNSATISFIABLE => false,
            _ => null,
        };
    }

    /// <summary>What every node is in the solution that <see cref="Check"/> found; what it left open is false.</summary>
    public bool[] Solution()
    {
        Microsoft.Z3.Model model = _solver!.Model;
        return graph.Evaluate(node => model.Eval(_context.MkBoolConst(_context.MkSymbol(node)), true).IsTrue);
    }

    public void Dispose()
    {
        _solver?.Dispose();
        _context.Dispose();
    }

    /// <summary>The formulas, and what every node is that they are made of; a variable has its node's number.</summary>
    private string Clauses(IReadOnlyList<Formula> formulas)
    {
        StringBuilder clauses = new();
        int count = 0;
        void Add(params ReadOnlySpan<int> literals)
        {
            foreach (int literal in literals) clauses.Append((literal & 1) == 0 ? "" : "-").Append(literal >> 1).Append(' ');
            clauses.Append("0\n");
            count++;
        }

        bool[] seen = new bool[graph.Count];
        Stack<int> open = new();
        foreach (Formula formula in formulas.Where(f => !f.Always))
        {
            Add(formula.Literal);
            open.Push(formula.Literal >> 1);
        }

        while (open.TryPop(out int node))
        {
            if (seen[node]) continue;
            seen[node] = true;
            if (graph.Conjuncts(node) is not var (left, right)) continue;

            int literal = node << 1;
            Add(literal ^ 1, left);
            Add(literal ^ 1, right);
            Add(literal, left ^ 1, right ^ 1);
            open.Push(left >> 1);
            open.Push(right >> 1);
        }

        return $"p cnf {graph.Count} {count}\n{clauses}";
    }
}
