using System.Runtime.CompilerServices;

namespace Checking.Proving.Unbounded;

/// <summary>Puts formulas in the place of others, wherever they stand.</summary>
internal sealed class Substitution(IEnumerable<(Formula From, Formula To)> pairs)
{
    private readonly Dictionary<Node, Node> _done = new(
        pairs.Select(p => KeyValuePair.Create(p.From.Node, p.To.Node)), ReferenceEqualityComparer.Instance);

    public Formula In(Formula formula) => new(In(formula.Node));

    private Node In(Node node)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (_done.TryGetValue(node, out Node? done)) return done;

        IReadOnlyList<Node> parts = node.Parts;
        Node[] others = [.. parts.Select(In)];
        bool isSame = true;
        for (int k = 0; k < others.Length; k++) isSame &= ReferenceEquals(parts[k], others[k]);
        return _done[node] = isSame ? node : node.With(others);
    }
}
