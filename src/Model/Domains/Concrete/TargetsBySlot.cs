namespace Model.Domains.Concrete;

/// <summary>A relation of row, slot and frame in which a slot names one frame, and only a faulty step makes it name more.</summary>
internal sealed class TargetsBySlot(int rows, int slots, int frames, bool rowsAreFrames, Footprint? footprint) : Store
{
    private readonly int[]?[] _rows = new int[rows][];
    private readonly int[] _perRow = new int[rows];
    private readonly int[] _perTarget = new int[frames];
    private readonly HashSet<(int, int, int)> _more = [];

    /// <summary>Some slot names more than one frame.</summary>
    internal bool HasMore => _more.Count != 0;

    /// <summary>The frame that a slot names, or <see cref="Store.Any"/> if it names none.</summary>
    public int TargetOf(int row, int slot) => _rows[row] is { } targets ? targets[slot] - 1 : Any;

    /// <summary>The first slot from one on that names a frame; the number of slots if there is none.</summary>
    public int NextFrom(int row, int slot)
    {
        if (_perRow[row] == 0) return slots;

        int next = _rows[row].AsSpan(slot).IndexOfAnyExcept(0);
        return next < 0 ? slots : slot + next;
    }

    public override bool Has(int a, int b, int c) =>
        (_rows[a] is { } targets && targets[b] == c + 1) || (_more.Count != 0 && _more.Contains((a, b, c)));

    public override void Assign(bool value, int a, int b, int c)
    {
        if (value) Add(a, b, c);
        else if (b == Any) Drain(a);
        else if (c == Any) Vacate(a, b);
        else if (Has(a, b, c)) Remove(a, b, c);
    }

    public override int Count(int a, int b, int c) => (a, b, c) switch
    {
        (Any, Any, _) => _perTarget[c],
        (_, Any, Any) => _perRow[a],
        (_, Any, _) => _perRow[a] == 0 || _perTarget[c] == 0 ? 0 : CountInRow(a, c),
        (_, _, Any) => (TargetOf(a, b) == Any ? 0 : 1) + (_more.Count == 0 ? 0 : CountMore(a, b)),
        _ => throw new ArgumentException("no such question is asked"),
    };

    public override bool Within(Store bound, int a)
    {
        if (_perRow[a] == 0) return true;

        for (int b = 0; b < slots; b++)
        {
            if (TargetOf(a, b) != Any && !bound.Has(a, b)) return false;
        }

        return true;
    }

    public override Store Copy()
    {
        TargetsBySlot copy = new(rows, slots, frames, rowsAreFrames, null);
        for (int a = 0; a < rows; a++) copy._rows[a] = (int[]?)_rows[a]?.Clone();
        _perRow.CopyTo(copy._perRow, 0);
        _perTarget.CopyTo(copy._perTarget, 0);
        copy._more.UnionWith(_more);
        return copy;
    }

    private int CountInRow(int a, int c)
    {
        int count = 0;
        for (int b = 0; b < slots; b++)
        {
            if (Has(a, b, c)) count++;
        }

        return count;
    }

    private int CountMore(int a, int b) => _more.Count(m => m.Item1 == a && m.Item2 == b);

    private void Add(int a, int b, int c)
    {
        if (Has(a, b, c)) return;

        int[] targets = _rows[a] ??= new int[slots];
        if (targets[b] == 0) targets[b] = c + 1;
        else _more.Add((a, b, c));
        Counted(a, b, c, 1);
    }

    private void Remove(int a, int b, int c)
    {
        if (!_more.Remove((a, b, c))) _rows[a]![b] = 0;
        Counted(a, b, c, -1);
    }

    private void Vacate(int a, int b)
    {
        if (TargetOf(a, b) is var c and not Any) Remove(a, b, c);
        if (_more.Count != 0) VacateMore(a, b);
    }

    private void VacateMore(int a, int b)
    {
        foreach ((int, int, int) other in _more.Where(m => m.Item1 == a && m.Item2 == b).ToArray()) Remove(a, b, other.Item3);
    }

    private void Drain(int a)
    {
        if (_perRow[a] == 0) return;

        for (int b = 0; b < slots; b++) Vacate(a, b);
    }

    private void Counted(int a, int b, int c, int by)
    {
        _perRow[a] += by;
        if (rowsAreFrames) footprint?.Add(a, b);
        if (c >= frames) return; // What a guest writes may name memory that does not exist; no reference is ever held to it.

        _perTarget[c] += by;
        footprint?.Add(c);
        if (!rowsAreFrames) footprint?.Relate(a, c);
    }
}
