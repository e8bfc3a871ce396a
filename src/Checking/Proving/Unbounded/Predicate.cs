using Model.Domains;

namespace Checking.Proving.Unbounded;

/// <summary>A relation of any size: what it was, and the changes made to it since.</summary>
/// <remarks>
/// The named questions are "for all". A count is a number of which nothing is known but how the changes made since have
/// moved it: by one for each point that became related or ceased to be.
/// </remarks>
internal readonly struct Predicate : IRelation<Predicate, Formula, Term>
{
    private readonly Symbol _symbol;
    private readonly List<Change> _changes;

    /// <summary>A relation of which nothing is known.</summary>
    public Predicate(string name, IReadOnlyList<Sort> columns)
        : this(new Symbol(name, columns, Value: null), [])
    {
    }

    private Predicate(Symbol symbol, List<Change> changes) => (_symbol, _changes) = (symbol, changes);

    /// <summary>What it was at first.</summary>
    public Symbol Symbol => _symbol;

    /// <summary>Whether anything was assigned since.</summary>
    public bool IsChanged => _changes.Count != 0;

    public Formula this[Term a] => Read([a]);

    public Formula this[Term a, Term b] => Read([a, b]);

    public Formula this[Term a, Term b, Term c] => Read([a, b, c]);

    /// <summary>The relation at a point of as many words as it has columns.</summary>
    public Formula Read(Term[] at) => Read(at, _changes.Count);

    public void Assign(Formula when, Formula value, Term a) => Assign(when, value, [a]);

    public void Assign(Formula when, Formula value, Term a, Term? b) => Assign(when, value, [a, b]);

    public void Assign(Formula when, Formula value, Term a, Term? b, Term? c) => Assign(when, value, [a, b, c]);

    public Formula Empty(Term? a, Term? b) => Empty([a, b]);

    public Formula Empty(Term? a, Term? b, Term? c) => Empty([a, b, c]);

    public Formula Only(Term a, Term b)
    {
        Constant other = _symbol.Variable(0);
        Formula body = Formula.Implies(this[new(other), b], new Term(other) == a);
        return new(new ForAll([other], body.Node, Asked("Only", a, b)));
    }

    public Formula Only(Term a, Term b, Term c, Predicate beside)
    {
        Constant first = _symbol.Variable(0), second = _symbol.Variable(1);
        Formula body = Formula.Implies(this[new(first), new(second), c], (new Term(first) == a & new Term(second) == b) | beside[new(first), new(second), c]);
        return new(new ForAll([first, second], body.Node, new(_symbol.Name, "Only", [a.Node, b.Node, c.Node], beside.Symbol.Name)));
    }

    public Formula Within(Predicate bound, Term a)
    {
        if (_symbol.Columns.Count == 1) return WithinRow(bound, a);

        Constant second = _symbol.Variable(1), third = _symbol.Variable(2);
        Formula body = Formula.Implies(this[a, new(second), new(third)], bound[a, new(second)]);
        return new(new ForAll([second, third], body.Node, new(_symbol.Name, "Within", [a.Node], bound.Symbol.Name)));
    }

    private Formula WithinRow(Predicate bound, Term a)
    {
        Constant only = _symbol.Variable(0);
        Formula body = Formula.Implies(this[new Term(only)], bound[a, new(only)]);
        return new(new ForAll([only], body.Node, new(_symbol.Name, "Within", [a.Node], bound.Symbol.Name)));
    }

    public Term Count(Term? a, Term? b) => Count([a, b]);

    public Term Count(Term? a, Term? b, Term? c) => Count([a, b, c]);

    public Predicate Copy() => new(_symbol, [.. _changes]);

    /// <summary>The number of points, at the columns given, that the relation related at first: a function of those columns.</summary>
    private static Symbol Counting(Symbol relation, IReadOnlyList<bool> given) => new(
        $"{relation.Name}.count{string.Concat(given.Select(g => g ? "x" : "_"))}",
        [.. relation.Columns.Where((_, k) => given[k])],
        Sort.Count)
    {
        Counts = (relation, given),
    };

    private Formula Read(Term[] at, int changes)
    {
        Node value = new Apply(_symbol, [.. at.Select(a => a.Node)]);
        foreach (Change change in _changes.Take(changes)) value = Formula.Choose(change.When & change.IsAt(at), change.Value.Node, value);
        return new(value);
    }

    private void Assign(Formula when, Formula value, Term?[] at)
    {
        if (when.Node is not Known { Value: false }) _changes.Add(new(when, at, value));
    }

    /// <inheritdoc cref="Empty(Term?, Term?)"/>
    public Formula Empty(Term?[] at)
    {
        List<Constant> variables = [];
        Term[] point = new Term[at.Length];
        for (int k = 0; k < at.Length; k++)
        {
            if (at[k] is null) variables.Add(_symbol.Variable(k));
            point[k] = at[k] ?? new(variables[^1]);
        }

        Node body = (!Read(point)).Node;
        return new(body is Known ? body : new ForAll(variables, body, Asked("Empty", at)));
    }

    private Term Count(Term?[] at)
    {
        Term count = new(new Apply(Counting(_symbol, [.. at.Select(a => a is not null)]), [.. at.OfType<Term>().Select(a => a.Node)]));
        for (int k = 0; k < _changes.Count; k++)
        {
            Change change = _changes[k];
            if (change.Point is not { } point) throw new InvalidOperationException($"{_symbol.Name} is counted, and changed at more than a point");
            Term added = Term.One(change.Value) - Term.One(Read(point, k));
            Node none = new Literal(Sort.Count, 0);
            count += new Term(Formula.Choose(change.When & change.Touches(at), added.Node, none));
        }

        return count;
    }

    private Question Asked(string name, params Term?[] at) => new(_symbol.Name, name, [.. at.Select(a => a?.Node)]);

    /// <summary>Where the condition held, the points described became related, or ceased to be.</summary>
    private sealed record Change(Formula When, Term?[] At, Formula Value)
    {
        /// <summary>The point, if it is one.</summary>
        public Term[]? Point => At.All(a => a is not null) ? [.. At.Select(a => a!.Value)] : null;

        /// <summary>The point is among those described.</summary>
        public Formula IsAt(Term[] point) => Touches([.. point.Select(p => (Term?)p)]);

        /// <summary>A point described has the words given in its columns.</summary>
        public Formula Touches(Term?[] columns)
        {
            Formula same = Formula.Of(true);
            for (int k = 0; k < columns.Length; k++)
            {
                if (At[k] is { } mine && columns[k] is { } given) same &= mine == given;
            }

            return same;
        }
    }
}
