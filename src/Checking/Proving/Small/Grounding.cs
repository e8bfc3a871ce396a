using System.Runtime.CompilerServices;
using Checking.Proving.Unbounded;

namespace Checking.Proving.Small;

/// <summary>Says in a small world what a formula says in any: "for all" becomes a conjunction over the words there are.</summary>
internal sealed class Grounding(SmallWorld world)
{
    private readonly Dictionary<Node, Node> _closed = new(ReferenceEqualityComparer.Instance);
    private readonly FreeConstants _free = new();

    public SmallWorld World => world;

    public Formula Of(Formula formula) => new(Of(formula.Node, []));

    /// <param name="bound">the words that variables stand for</param>
    private Node Of(Node node, Dictionary<Constant, Node> bound)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        bool isClosed = bound.Count == 0 || !_free.In(node).Overlaps(bound.Keys);
        if (isClosed && _closed.TryGetValue(node, out Node? done)) return done;

        Node ground = node switch
        {
            Constant constant => bound.GetValueOrDefault(constant, constant),
            ForAll all => Conjunction(all, bound),
            Not not => (!Bit(not.A, bound)).Node,
            Choice choice => Formula.Choose(Bit(choice.When, bound), Of(choice.Then, bound), Of(choice.Otherwise, bound)),
            Binary { Join: Join.And } and => (Bit(and.A, bound) & Bit(and.B, bound)).Node,
            Binary { Join: Join.Or } or => (Bit(or.A, bound) | Bit(or.B, bound)).Node,
            Binary { Join: Join.Equal } equal => world.Same(new(Of(equal.A, bound)), new(Of(equal.B, bound))).Node,
            Leaf leaf => leaf,
            var other => other.With([.. other.Parts.Select(p => Of(p, bound))]),
        };
        if (isClosed) _closed[node] = ground;
        return ground;
    }

    private Formula Bit(Node node, Dictionary<Constant, Node> bound) => new(Of(node, bound));

    private Node Conjunction(ForAll all, Dictionary<Constant, Node> bound)
    {
        Formula every = Formula.Of(true);
        foreach (var point in world.Points(all.Variables.Select(v => v.Sort!.Value)))
        {
            Dictionary<Constant, Node> inner = new(bound);
            for (int k = 0; k < point.Length; k++) inner[all.Variables[k]] = point[k].Term.Node;
            every &= Bit(all.Body, inner);
        }

        return every.Node;
    }
}
