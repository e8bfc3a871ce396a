using Model.Domains;

namespace Checking.Proving.Unbounded;

/// <summary>A truth value that is a formula. Constants fold, and nothing else does.</summary>
internal readonly struct Formula(Node node) : IBit<Formula>
{
    public Node Node => node ?? Known.False;

    public bool Never => false;

    public static Formula Of(bool value) => new(value ? Known.True : Known.False);

    public static Formula operator &(Formula a, Formula b) => (a.Node, b.Node) switch
    {
        (Known { Value: false }, _) or (_, Known { Value: true }) => a,
        (_, Known { Value: false }) or (Known { Value: true }, _) => b,
        var (x, y) => new(new Binary(Join.And, x, y)),
    };

    public static Formula operator |(Formula a, Formula b) => (a.Node, b.Node) switch
    {
        (Known { Value: true }, _) or (_, Known { Value: false }) => a,
        (_, Known { Value: true }) or (Known { Value: false }, _) => b,
        var (x, y) => new(new Binary(Join.Or, x, y)),
    };

    public static Formula operator !(Formula a) => a.Node switch
    {
        Known known => Of(!known.Value),
        Not not => new(not.A),
        var node => new(new Not(node)),
    };

    /// <summary>The second holds wherever the first does.</summary>
    public static Formula Implies(Formula a, Formula b) => !a | b;

    /// <summary>Both hold, or neither.</summary>
    public static Formula Same(Formula a, Formula b) => (a & b) | (!a & !b);

    /// <summary>A bit that may be anything.</summary>
    public static Formula Fresh(string name) => new(new Constant(name, null));

    /// <summary>All of them.</summary>
    public static Formula All(IEnumerable<Formula> parts) => parts.Aggregate(Of(true), (all, part) => all & part);

    /// <summary>At least one of them.</summary>
    public static Formula Any(IEnumerable<Formula> parts) => parts.Aggregate(Of(false), (any, part) => any | part);

    /// <summary>For every word of the sort. The name must be one that nothing around it bears: not a parameter's.</summary>
    public static Formula ForAll(string name, Sort sort, Func<Term, Formula> body) => ForAll([(name, sort)], at => body(at[0]));

    /// <inheritdoc cref="ForAll(string, Sort, Func{Term, Formula})"/>
    public static Formula ForAll(IReadOnlyList<(string Name, Sort Sort)> variables, Func<Term[], Formula> body)
    {
        Constant[] bound = [.. variables.Select(v => new Constant(v.Name, v.Sort))];
        Node inner = body([.. bound.Select(b => new Term(b))]).Node;
        return new(inner is Known ? inner : new ForAll(bound, inner));
    }

    /// <summary>The second where the condition holds, the third elsewhere.</summary>
    internal static Node Choose(Formula when, Node then, Node otherwise) => when.Node switch
    {
        Known { Value: true } => then,
        Known => otherwise,
        var condition => new Choice(condition, then, otherwise),
    };

    public override string ToString() => Wording.Of(Node);
}
