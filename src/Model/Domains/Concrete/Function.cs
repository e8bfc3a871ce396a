namespace Model.Domains.Concrete;

/// <summary>A function as the machine has it.</summary>
public readonly struct Function(Column column) : IMap<Function, Truth, Number>
{
    public Number this[Number at] => new(column.Values[at.Value]);

    public void Assign(Truth when, Number at, Number value)
    {
        if (when.Value) column.Set(at.Value, value.Value);
    }

    public Function Copy() => new(column.Copy());
}

/// <summary>The values of a function, one for each argument.</summary>
public sealed class Column(int size, int initial, Footprint? footprint)
{
    private readonly int[] _values = Filled(size, initial);

    /// <summary>The values.</summary>
    public ReadOnlySpan<int> Values => _values;

    internal void Set(int at, int value)
    {
        if (_values[at] == value) return;

        _values[at] = value;
        footprint?.Add(at);
    }

    internal Column Copy()
    {
        Column copy = new(_values.Length, 0, null);
        _values.CopyTo(copy._values, 0);
        return copy;
    }

    private static int[] Filled(int size, int initial)
    {
        int[] values = new int[size];
        if (initial != 0) Array.Fill(values, initial);
        return values;
    }
}
