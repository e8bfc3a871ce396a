namespace Checking.Proving.Unbounded;

/// <summary>The constants of nodes that no quantifier in them binds.</summary>
internal sealed class FreeConstants
{
    private static readonly HashSet<Constant> s_none = [];

    private readonly Dictionary<Node, HashSet<Constant>> _known = new(ReferenceEqualityComparer.Instance);

    public IReadOnlySet<Constant> In(Node node) => Find(node);

    private HashSet<Constant> Find(Node node)
    {
        if (_known.TryGetValue(node, out HashSet<Constant>? known)) return known;

        HashSet<Constant> free = node is Constant constant ? [constant] : [.. node.Parts.SelectMany(Find)];
        if (node is ForAll all) free.ExceptWith(all.Variables);
        return _known[node] = free.Count == 0 ? s_none : free;
    }
}
