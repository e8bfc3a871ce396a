using System.Runtime.CompilerServices;

namespace Model.Domains.Concrete;

/// <summary>A relation as the machine has it: kept in the store that fits its columns.</summary>
public readonly struct Facts(Store store) : IRelation<Facts, Truth, Number>
{
    /// <summary>What keeps the relation.</summary>
    internal Store Store => store;

    public Truth this[Number a] => store.Has(a.Value);

    public Truth this[Number a, Number b] => store.Has(a.Value, b.Value);

    public Truth this[Number a, Number b, Number c] => store.Has(a.Value, b.Value, c.Value);

    public void Assign(Truth when, Truth value, Number a)
    {
        if (when.Value) store.Assign(value.Value, a.Value);
    }

    public void Assign(Truth when, Truth value, Number a, Number? b)
    {
        if (when.Value) store.Assign(value.Value, a.Value, Column(b));
    }

    public void Assign(Truth when, Truth value, Number a, Number? b, Number? c)
    {
        if (when.Value) store.Assign(value.Value, a.Value, Column(b), Column(c));
    }

    public Truth Empty(Number? a, Number? b) => store.Count(Column(a), Column(b)) == 0;

    public Truth Empty(Number? a, Number? b, Number? c) => store.Count(Column(a), Column(b), Column(c)) == 0;

    public Truth Only(Number a, Number b) => store.Count(Store.Any, b.Value) == (store.Has(a.Value, b.Value) ? 1 : 0);

    /// <remarks>What is beside is taken to be part of this: where it is not, an invariant of its own is broken.</remarks>
    public Truth Only(Number a, Number b, Number c, Facts beside) =>
        store.Count(Store.Any, Store.Any, c.Value) - beside.Store.Count(Store.Any, Store.Any, c.Value)
        == (store.Has(a.Value, b.Value, c.Value) && !beside.Store.Has(a.Value, b.Value, c.Value) ? 1 : 0);

    public Truth Within(Facts bound, Number a) => store.Within(bound.Store, a.Value);

    public Number Count(Number? a, Number? b) => store.Count(Column(a), Column(b));

    public Number Count(Number? a, Number? b, Number? c) => store.Count(Column(a), Column(b), Column(c));

    public Facts Copy() => new(store.Copy());

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // Nearly every argument is known where it is written.
    private static int Column(Number? word) => word is { } given ? given.Value : Store.Any;
}
