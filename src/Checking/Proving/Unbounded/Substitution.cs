using System.Runtime.CompilerServices;

namespace Checking.Proving.Unbounded;

/// <summary>Puts one node in the place of another, wherever it stands.</summary>
internal sealed class Substitution(Node from, Node to)
{
    private readonly Dictionary<Node, Node> _done = new(ReferenceEqualityComparer.Instance) { [from] = to };

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
