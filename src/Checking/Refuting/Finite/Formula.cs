using Model.Domains;

namespace Checking.Refuting.Finite;

/// <summary>A truth value that is a node of a graph, or a constant. Constants fold, since most of a boot state is constant.</summary>
internal readonly struct Formula : IBit<Formula>
{
    private readonly Graph? _graph;

    public Formula(Graph? graph, int literal) => (_graph, Literal) = (graph, literal);

    /// <summary>The formula as its graph has it; the default is falsehood.</summary>
    public int Literal { get; }

    public bool Never => Literal == Graph.False;

    public bool Always => Literal == Graph.True;

    public static Formula Of(bool value) => new(null, value ? Graph.True : Graph.False);

    public static Formula operator &(Formula a, Formula b) =>
        a.Never || b.Always ? a
        : b.Never || a.Always ? b
        : new(a._graph, a._graph!.And(a.Literal, b.Literal));

    public static Formula operator |(Formula a, Formula b) => !(!a & !b);

    public static Formula operator !(Formula a) => new(a._graph, a.Literal ^ 1);

    /// <summary>The one or the other.</summary>
    public static Formula If(Formula when, Formula then, Formula otherwise) =>
        then.Literal == otherwise.Literal ? then : (!when | then) & (when | otherwise);

    /// <summary>The formula, where another is known to hold that it may be a conjunction with.</summary>
    public Formula Given(Formula known)
    {
        if (known.Always || Literal == Graph.False) return this;
        if (Literal == known.Literal) return Of(true);
        if ((Literal & 1) != 0 || _graph?.Conjuncts(Literal >> 1) is not { } parts) return this;

        return parts.Left == known.Literal ? new(_graph, parts.Right) : parts.Right == known.Literal ? new(_graph, parts.Left) : this;
    }

    public override string ToString() => Never ? "false" : Always ? "true" : (Literal & 1) != 0 ? $"!{Literal >> 1}" : $"{Literal >> 1}";
}
