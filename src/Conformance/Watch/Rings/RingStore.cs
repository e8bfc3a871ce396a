namespace Conformance.Watch.Rings;

/// <summary>Keeps one relation. Which methods make sense follows from its columns; the others are our own error.</summary>
internal abstract class RingStore
{
    public virtual bool Has(ulong a) => throw Arity();

    public virtual bool Has(ulong a, ulong b) => throw Arity();

    public virtual bool Has(ulong a, ulong b, ulong c) => throw Arity();

    public virtual void Put(bool value, ulong a) => throw Arity();

    public virtual void Put(bool value, ulong a, ulong b) => throw Arity();

    public virtual void Put(bool value, ulong a, ulong b, ulong c) => throw Arity();

    public virtual void ClearRow(ulong a) => throw Arity();

    public virtual void ClearRow(ulong a, ulong b) => throw Arity();

    public virtual bool IsRowEmpty(ulong a) => throw Arity();

    public virtual bool IsRowEmpty(ulong a, ulong b) => throw Arity();

    public virtual bool IsColumnEmpty(ulong b) => throw Arity();

    private InvalidOperationException Arity() => new($"{GetType().Name} does not answer this question");
}

/// <summary>A bit for each number, or each two.</summary>
/// <param name="rows">numbers of the first column</param>
/// <param name="columns">of the second; 1 where there is none</param>
internal sealed class BitStore(int rows, int columns = 1) : RingStore
{
    private readonly int _stride = (columns + 63) / 64;
    private readonly ulong[] _bits = new ulong[rows * ((columns + 63) / 64)];

    public override bool Has(ulong a) => Has(a, 0);

    public override bool Has(ulong a, ulong b) => (_bits[Word(a, b)] >> (int)b & 1) != 0;

    public override void Put(bool value, ulong a) => Put(value, a, 0);

    public override void Put(bool value, ulong a, ulong b)
    {
        ref ulong word = ref _bits[Word(a, b)];
        word = value ? word | 1UL << (int)b : word & ~(1UL << (int)b);
    }

    public override void ClearRow(ulong a) => _bits.AsSpan((int)a * _stride, _stride).Clear();

    public override bool IsRowEmpty(ulong a) => !_bits.AsSpan((int)a * _stride, _stride).ContainsAnyExcept(0UL);

    public override bool IsColumnEmpty(ulong b)
    {
        for (int a = 0; a < rows; a++)
        {
            if (Has((ulong)a, b)) return false;
        }

        return true;
    }

    private int Word(ulong a, ulong b) => ((int)a * _stride) + (int)(b >> 6);
}

/// <summary>To each number, or each two, at most one other: a later one takes the place of an earlier.</summary>
/// <param name="rows">numbers of the first column</param>
/// <param name="columns">of the second, where there are three</param>
internal sealed class SingleStore(int rows, int columns = 1) : RingStore
{
    private readonly ulong[] _values = new ulong[rows * columns];
    private readonly bool[] _isSet = new bool[rows * columns];

    /// <summary>What is related to a number, or null if nothing is.</summary>
    public ulong? Of(ulong a) => _isSet[a] ? _values[a] : null;

    public override bool Has(ulong a, ulong b) => Holds((int)a, b);

    public override bool Has(ulong a, ulong b, ulong c) => Holds(At(a, b), c);

    public override void Put(bool value, ulong a, ulong b) => Change(value, (int)a, b);

    public override void Put(bool value, ulong a, ulong b, ulong c) => Change(value, At(a, b), c);

    public override void ClearRow(ulong a) => _isSet[a] = false;

    public override void ClearRow(ulong a, ulong b) => _isSet[At(a, b)] = false;

    public override bool IsRowEmpty(ulong a) => !_isSet[a];

    public override bool IsRowEmpty(ulong a, ulong b) => !_isSet[At(a, b)];

    public override bool IsColumnEmpty(ulong b)
    {
        for (int a = 0; a < rows; a++)
        {
            if (Holds(a, b)) return false;
        }

        return true;
    }

    private int At(ulong a, ulong b) => ((int)a * columns) + (int)b;

    private bool Holds(int at, ulong value) => _isSet[at] && _values[at] == value;

    private void Change(bool value, int at, ulong to)
    {
        if (value) (_values[at], _isSet[at]) = (to, true);
        else if (Holds(at, to)) _isSet[at] = false;
    }
}

/// <summary>To each number a few addresses: those that were accessed last, those of breakpoints.</summary>
internal sealed class FewStore(int rows) : RingStore
{
    /// <summary>A processor has four breakpoints; of a frame two addresses are looked at.</summary>
    private const int Most = 8;

    private readonly ulong[] _values = new ulong[rows * Most];
    private readonly int[] _counts = new int[rows];

    /// <summary>What is related to a number.</summary>
    public ReadOnlySpan<ulong> Row(ulong a) => _values.AsSpan((int)a * Most, _counts[a]);

    public override bool Has(ulong a, ulong b) => Row(a).Contains(b);

    public override void Put(bool value, ulong a, ulong b)
    {
        int at = Row(a).IndexOf(b);
        if (value && at < 0) _values[((int)a * Most) + _counts[a]++] = b;
        if (!value && at >= 0) _values[((int)a * Most) + at] = _values[((int)a * Most) + --_counts[a]];
    }

    public override void ClearRow(ulong a) => _counts[a] = 0;

    public override bool IsRowEmpty(ulong a) => _counts[a] == 0;
}

/// <summary>What never changes, and is worked out from the numbers themselves.</summary>
internal sealed class LawStore(Func<ulong, ulong, bool> holds) : RingStore
{
    public override bool Has(ulong a) => holds(a, 0);

    public override bool Has(ulong a, ulong b) => holds(a, b);
}

/// <summary>To each two numbers at most one privilege level.</summary>
internal sealed class LevelStore(int rows, int columns) : RingStore
{
    private const byte None = 0;

    /// <summary>The level and one.</summary>
    private readonly byte[] _levels = new byte[rows * columns];

    /// <summary>The level, or null for none.</summary>
    public int? Of(ulong a, ulong b) => _levels[At(a, b)] is var level and not None ? level - 1 : null;

    public override bool Has(ulong a, ulong b, ulong c) => _levels[At(a, b)] == c + 1;

    public override void Put(bool value, ulong a, ulong b, ulong c)
    {
        if (value) _levels[At(a, b)] = (byte)(c + 1);
        else if (Has(a, b, c)) ClearRow(a, b);
    }

    public override void ClearRow(ulong a, ulong b) => _levels[At(a, b)] = None;

    private int At(ulong a, ulong b) => ((int)a * columns) + (int)b;
}
