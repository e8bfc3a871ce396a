using Model.Domains;

namespace Model.Tests.Terms;

/// <summary>A free term, printed as an S-expression: the reading of the model in which nothing has a value.</summary>
internal abstract record Term
{
    public static Term True { get; } = new Symbol("true");

    public static Term False { get; } = new Symbol("false");

    /// <summary>The symbols that the term mentions.</summary>
    public abstract IEnumerable<string> Symbols { get; }
}

internal sealed record Symbol(string Name) : Term
{
    public override IEnumerable<string> Symbols => [Name];

    public override string ToString() => Name;
}

internal sealed record Apply(string Head, IReadOnlyList<Term> Arguments) : Term
{
    public Apply(string head, params Term[] arguments)
        : this(head, (IReadOnlyList<Term>)arguments)
    {
    }

    public override IEnumerable<string> Symbols => Arguments.SelectMany(a => a.Symbols).Prepend(Head).Distinct();

    public override string ToString() => $"({Head} {string.Join(' ', Arguments)})";
}

/// <summary>A truth value that is a term. Constants fold, so that what is left was really asked.</summary>
internal readonly struct TermBit(Term term) : IBit<TermBit>
{
    public Term Term => term ?? Term.False;

    public bool Never => false;

    public static TermBit Of(bool value) => new(value ? Term.True : Term.False);

    public static TermBit operator &(TermBit a, TermBit b) =>
        a.Term == Term.True ? b : b.Term == Term.True ? a : a.Term == Term.False || b.Term == Term.False ? Of(false) : new(Join("and", a.Term, b.Term));

    public static TermBit operator |(TermBit a, TermBit b) =>
        a.Term == Term.False ? b : b.Term == Term.False ? a : a.Term == Term.True || b.Term == Term.True ? Of(true) : new(Join("or", a.Term, b.Term));

    public static TermBit operator !(TermBit a) =>
        a.Term == Term.True ? Of(false) : a.Term == Term.False ? Of(true) : a.Term is Apply { Head: "not" } not ? new(not.Arguments[0]) : new(new Apply("not", a.Term));

    private static Apply Join(string head, Term a, Term b) => new(head, [.. Parts(head, a), .. Parts(head, b)]);

    private static IEnumerable<Term> Parts(string head, Term term) => term is Apply apply && apply.Head == head ? apply.Arguments : [term];
}

/// <summary>A word that is a term of a sort.</summary>
internal readonly struct TermWord(Term term) : IWord<TermWord, TermBit>
{
    public Term Term => term;

    public static TermWord Literal(Sort sort, int value) => new(new Symbol(sort == Sort.Type ? ((PageType)value).ToString() : $"{sort}#{value}"));

    public static TermWord One(TermBit bit) => new(new Apply("one", bit.Term));

    public static TermBit operator ==(TermWord a, TermWord b) => a.Term.ToString() == b.Term.ToString() ? TermBit.Of(true) : new(new Apply("=", a.Term, b.Term));

    public static TermBit operator !=(TermWord a, TermWord b) => !(a == b);

    public static TermWord operator +(TermWord a, TermWord b) => new(new Apply("+", a.Term, b.Term));

    public static TermWord operator -(TermWord a, TermWord b) => new(new Apply("-", a.Term, b.Term));

    public override bool Equals(object? obj) => obj is TermWord other && other.Term.ToString() == Term.ToString();

    public override int GetHashCode() => 0;
}
