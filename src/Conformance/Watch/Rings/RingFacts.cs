using Model.Domains;
using Model.Domains.Concrete;

namespace Conformance.Watch.Rings;

/// <summary>A relation of ring protection, kept in the store that fits its columns.</summary>
internal readonly struct RingFacts(RingStore store) : IRelation<RingFacts, Truth, RingWord>
{
    public Truth this[RingWord a] => store.Has(a.Value);

    public Truth this[RingWord a, RingWord b] => store.Has(a.Value, b.Value);

    public Truth this[RingWord a, RingWord b, RingWord c] => store.Has(a.Value, b.Value, c.Value);

    public void Assign(Truth when, Truth value, RingWord a)
    {
        if (when.Value) store.Put(value.Value, a.Value);
    }

    public void Assign(Truth when, Truth value, RingWord a, RingWord? b)
    {
        if (!when.Value) return;
        if (b is { } given) store.Put(value.Value, a.Value, given.Value);
        else store.ClearRow(a.Value);
    }

    public void Assign(Truth when, Truth value, RingWord a, RingWord? b, RingWord? c)
    {
        if (!when.Value) return;
        if (c is { } given) store.Put(value.Value, a.Value, b!.Value.Value, given.Value);
        else store.ClearRow(a.Value, b!.Value.Value);
    }

    public Truth Empty(RingWord? a, RingWord? b) => a is { } row ? store.IsRowEmpty(row.Value) : store.IsColumnEmpty(b!.Value.Value);

    public Truth Empty(RingWord? a, RingWord? b, RingWord? c) => store.IsRowEmpty(a!.Value.Value, b!.Value.Value);

    public Truth Only(RingWord a, RingWord b) => throw NotAsked();

    public Truth Only(RingWord a, RingWord b, RingWord c, RingFacts beside) => throw NotAsked();

    public Truth Within(RingFacts bound, RingWord a) => throw NotAsked();

    public RingWord Count(RingWord? a, RingWord? b) => throw NotAsked();

    public RingWord Count(RingWord? a, RingWord? b, RingWord? c) => throw NotAsked();

    public RingFacts Copy() => throw NotAsked();

    private static InvalidOperationException NotAsked() => new("no step of ring protection asks so");
}

/// <summary>A function of ring protection: a value for each vCPU or processor.</summary>
internal readonly struct RingValues(ulong[] values) : IMap<RingValues, Truth, RingWord>
{
    public RingWord this[RingWord at] => new(values[at.Index]);

    public void Assign(Truth when, RingWord at, RingWord value)
    {
        if (when.Value) values[at.Index] = value.Value;
    }

    public RingValues Copy() => throw new InvalidOperationException("no step of ring protection asks so");
}
