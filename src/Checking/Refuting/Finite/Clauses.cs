using System.Text;

namespace Checking.Refuting.Finite;

/// <summary>Formulas of a graph as clauses in DIMACS form; a variable has its node's number.</summary>
/// <remarks>A node that only one other is made of becomes part of that one: of a longer conjunction, or of a choice between two.</remarks>
internal sealed class Clauses
{
    private readonly Graph _graph;
    private readonly StringBuilder _text = new();
    private readonly int[] _uses;
    private int _count;

    public Clauses(Graph graph, IEnumerable<Formula> formulas)
    {
        _graph = graph;
        _uses = new int[graph.Count];
        Formula[] open = [.. formulas.Where(f => !f.Always)];
        Count(open);
        bool[] defined = new bool[graph.Count];
        Stack<int> due = new(open.Select(f => f.Literal >> 1));
        foreach (Formula formula in open) Add(formula.Literal);
        while (due.TryPop(out int node))
        {
            if (defined[node] || graph.Conjuncts(node) is null) continue;

            defined[node] = true;
            foreach (int literal in Define(node)) due.Push(literal >> 1);
        }
    }

    public override string ToString() => $"p cnf {_graph.Count} {_count}\n{_text}";

    /// <summary>How many nodes each node is part of; the formulas themselves count twice, so that they stay what they are.</summary>
    private void Count(Formula[] formulas)
    {
        Stack<int> open = new();
        foreach (Formula formula in formulas)
        {
            if (_uses[formula.Literal >> 1] == 0) open.Push(formula.Literal >> 1);
            _uses[formula.Literal >> 1] += 2;
        }

        while (open.TryPop(out int node))
        {
            if (_graph.Conjuncts(node) is not var (left, right)) continue;

            if (_uses[left >> 1]++ == 0) open.Push(left >> 1);
            if (_uses[right >> 1]++ == 0) open.Push(right >> 1);
        }
    }

    /// <returns>what the node is made of</returns>
    private List<int> Define(int node)
    {
        int literal = node << 1;
        if (AsChoice(node) is var (when, then, otherwise))
        {
            Add(literal ^ 1, when ^ 1, then);
            Add(literal ^ 1, when, otherwise);
            Add(literal, when ^ 1, then ^ 1);
            Add(literal, when, otherwise ^ 1);
            Add(literal, then ^ 1, otherwise ^ 1);
            Add(literal ^ 1, then, otherwise);
            return [when, then, otherwise];
        }

        List<int> parts = Parts(node);
        foreach (int part in parts) Add(literal ^ 1, part);
        Add([literal, .. parts.Select(p => p ^ 1)]);
        return parts;
    }

    /// <summary>The node as the choice that <see cref="Formula.If"/> makes.</summary>
    private (int When, int Then, int Otherwise)? AsChoice(int node)
    {
        (int left, int right) = _graph.Conjuncts(node)!.Value;
        if (!IsOwn(left, negated: true) || !IsOwn(right, negated: true)) return null;

        (int a, int b) = _graph.Conjuncts(left >> 1)!.Value;
        (int c, int d) = _graph.Conjuncts(right >> 1)!.Value;
        return a == (c ^ 1) ? (a, b ^ 1, d ^ 1)
            : a == (d ^ 1) ? (a, b ^ 1, c ^ 1)
            : b == (c ^ 1) ? (b, a ^ 1, d ^ 1)
            : b == (d ^ 1) ? (b, a ^ 1, c ^ 1)
            : null;
    }

    private List<int> Parts(int node)
    {
        List<int> parts = [];
        Stack<int> open = new([node << 1]);
        while (open.TryPop(out int literal))
        {
            bool isWhole = literal >> 1 == node || (IsOwn(literal, negated: false) && AsChoice(literal >> 1) is null);
            if (!isWhole)
            {
                parts.Add(literal);
                continue;
            }

            (int left, int right) = _graph.Conjuncts(literal >> 1)!.Value;
            open.Push(left);
            open.Push(right);
        }

        return parts;
    }

    /// <summary>A conjunction, or its negation, that is part of nothing else.</summary>
    private bool IsOwn(int literal, bool negated) =>
        (literal & 1) != 0 == negated && _uses[literal >> 1] == 1 && _graph.Conjuncts(literal >> 1) is not null;

    private void Add(params ReadOnlySpan<int> literals)
    {
        foreach (int literal in literals) _text.Append((literal & 1) == 0 ? "" : "-").Append(literal >> 1).Append(' ');
        _text.Append("0\n");
        _count++;
    }
}
