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
        using Tactic sat = _context.MkTactic("sat");
        _solver = _context.MkSolver(sat);
        _solver.FromString(new Clauses(graph, [.. _required, formula]).ToString());
        using CancellationTokenRegistration registration = cancel.Register(_context.Interrupt);
        if (cancel.IsCancellationRequested) return null;

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
}
