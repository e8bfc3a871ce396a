using Model.Domains;

namespace Checking.Proving.Unbounded;

/// <summary>A word that is a term.</summary>
internal readonly struct Term(Node node) : IWord<Term, Formula>
{
    public Node Node => node;

    public static Term Literal(Sort sort, int value) => new(new Literal(sort, value));

    public static Term One(Formula bit) => new(Formula.Choose(bit, new Literal(Sort.Count, 1), new Literal(Sort.Count, 0)));

    /// <summary>A word that may be anything.</summary>
    public static Term Fresh(string name, Sort sort) => new(new Constant(name, sort));

    public static Formula operator ==(Term a, Term b) => (a.Node, b.Node) switch
    {
        var (x, y) when ReferenceEquals(x, y) => Formula.Of(true),
        (Literal x, Literal y) => Formula.Of(x.Value == y.Value),
        var (x, y) => new(new Binary(Join.Equal, x, y)),
    };

    public static Formula operator !=(Term a, Term b) => !(a == b);

    public static Term operator +(Term a, Term b) => new(new Binary(Join.Plus, a.Node, b.Node));

    public static Term operator -(Term a, Term b) => new(new Binary(Join.Minus, a.Node, b.Node));

    /// <summary>Of counts.</summary>
    public static Formula operator <(Term a, Term b) => new(new Binary(Join.Less, a.Node, b.Node));

    /// <inheritdoc cref="op_LessThan"/>
    public static Formula operator >(Term a, Term b) => b < a;

    public override bool Equals(object? obj) => obj is Term other && ReferenceEquals(Node, other.Node);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Node);

    public override string ToString() => Wording.Of(Node);
}
