using Model.Domains;

namespace Checking.Proving.Unbounded;

/// <summary>A function over any number of words: what it was, and the changes made to it since.</summary>
internal readonly struct Valuation : IMap<Valuation, Formula, Term>
{
    private readonly Symbol _symbol;
    private readonly List<(Formula When, Term At, Term Value)> _changes;

    /// <summary>A function of which nothing is known.</summary>
    public Valuation(string name, Sort from, Sort to)
        : this(new Symbol(name, [from], to), [])
    {
    }

    private Valuation(Symbol symbol, List<(Formula When, Term At, Term Value)> changes) => (_symbol, _changes) = (symbol, changes);

    /// <summary>What it was at first.</summary>
    public Symbol Symbol => _symbol;

    /// <summary>Whether anything was assigned since.</summary>
    public bool IsChanged => _changes.Count != 0;

    public Term this[Term at]
    {
        get
        {
            Node value = new Apply(_symbol, [at.Node]);
            foreach (var change in _changes) value = Formula.Choose(change.When & change.At == at, change.Value.Node, value);
            return new(value);
        }
    }

    public void Assign(Formula when, Term at, Term value)
    {
        if (when.Node is not Known { Value: false }) _changes.Add((when, at, value));
    }

    public Valuation Copy() => new(_symbol, [.. _changes]);
}
