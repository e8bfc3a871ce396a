using System.Numerics;

namespace Model.Domains.Concrete;

/// <summary>Keeps one relation. Which methods make sense follows from its columns; the others are our own error.</summary>
public abstract class Store
{
    /// <summary>In the place of a column: whatever it is.</summary>
    public const int Any = -1;

    public virtual bool Has(int a) => throw Arity();

    public virtual bool Has(int a, int b) => throw Arity();

    public virtual bool Has(int a, int b, int c) => throw Arity();

    public virtual void Assign(bool value, int a) => throw Arity();

    public virtual void Assign(bool value, int a, int b) => throw Arity();

    public virtual void Assign(bool value, int a, int b, int c) => throw Arity();

    public virtual int Count(int a, int b) => throw Arity();

    public virtual int Count(int a, int b, int c) => throw Arity();

    public virtual bool Within(Store bound, int a) => throw Arity();

    public abstract Store Copy();

    private InvalidOperationException Arity() => new($"{GetType().Name} does not answer this question");
}

/// <summary>A relation of one column. Domains are numbered sparsely: of those beyond its size, nobody and Xen, nothing is related.</summary>
/// <param name="changed">is told for which word it changed</param>
internal sealed class Unary(int size, Action<int>? changed) : Store
{
    private readonly bool[] _values = new bool[size];

    /// <summary>Where something was ever related: the first and the last of it.</summary>
    private int _first = size, _last = -1;

    public override bool Has(int a) => a < _values.Length && _values[a];

    public override void Assign(bool value, int a)
    {
        if (Has(a) == value) return;

        _values[a] = value;
        (_first, _last) = (Math.Min(_first, a), Math.Max(_last, a));
        changed?.Invoke(a);
    }

    public override bool Within(Store bound, int a)
    {
        for (int b = _first; b <= _last; b++)
        {
            if (_values[b] && !bound.Has(a, b)) return false;
        }

        return true;
    }

    public override Store Copy()
    {
        Unary copy = new(_values.Length, null) { _first = _first, _last = _last };
        _values.CopyTo(copy._values, 0);
        return copy;
    }
}

/// <summary>A relation of frame and slot. Only frames that some slot was ever set in take room.</summary>
internal sealed class BitsBySlot(int frames, int slots, Footprint? footprint) : Store
{
    private readonly ulong[]?[] _rows = new ulong[frames][];
    private readonly int[] _counts = new int[frames];

    public override bool Has(int a, int b) => _rows[a] is { } row && (row[b >> 6] >> b & 1) != 0;

    public override void Assign(bool value, int a, int b)
    {
        if (b == Any)
        {
            if (value) throw new InvalidOperationException("a row is set slot by slot");
            if (_counts[a] == 0) return;
            Array.Clear(_rows[a]!);
            _counts[a] = 0;
            footprint?.Add(a);
            return;
        }

        if (Has(a, b) == value) return;

        ulong[] row = _rows[a] ??= new ulong[(slots + 63) >> 6];
        row[b >> 6] ^= 1UL << b;
        _counts[a] += value ? 1 : -1;
        footprint?.Add(a, b);
    }

    public override int Count(int a, int b) => b == Any ? _counts[a] : Has(a, b) ? 1 : 0;

    /// <summary>The first slot from one on that the relation holds of; the number of slots if there is none.</summary>
    public int NextFrom(int row, int slot)
    {
        if (_counts[row] == 0) return slots;

        ulong[] words = _rows[row]!;
        int word = slot >> 6;
        ulong rest = words[word] & (ulong.MaxValue << slot);
        while (rest == 0 && ++word < words.Length) rest = words[word];
        return rest == 0 ? slots : (word << 6) + BitOperations.TrailingZeroCount(rest);
    }

    public override Store Copy()
    {
        BitsBySlot copy = new(frames, slots, null);
        for (int a = 0; a < frames; a++) copy._rows[a] = (ulong[]?)_rows[a]?.Clone();
        _counts.CopyTo(copy._counts, 0);
        return copy;
    }
}
