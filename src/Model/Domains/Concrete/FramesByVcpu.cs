namespace Model.Domains.Concrete;

/// <summary>A relation of vCPU and frame. Emptying a vCPU's row takes no time: it begins a new generation.</summary>
internal sealed class FramesByVcpu(int vcpus, int frames, Footprint? footprint) : Store
{
    private readonly int[]?[] _stamps = new int[vcpus][];
    private readonly int[] _generations = Ones(vcpus);
    private readonly int[] _counts = new int[vcpus];
    private readonly int[] _last = new int[vcpus];
    private int _total;

    public override bool Has(int a, int b) => _stamps[a] is { } stamps && stamps[b] == _generations[a];

    public override void Assign(bool value, int a, int b)
    {
        if (b == Any)
        {
            if (value) throw new InvalidOperationException("a row is set frame by frame");
            if (_counts[a] == 0) return;
            _generations[a]++;
            _total -= _counts[a];
            _counts[a] = 0;
            footprint?.AddVcpu(a);
            return;
        }

        if (Has(a, b) == value) return;

        int[] stamps = _stamps[a] ??= new int[frames];
        stamps[b] = value ? _generations[a] : 0;
        _counts[a] += value ? 1 : -1;
        _total += value ? 1 : -1;
        footprint?.Add(b);
        if (!value) return;

        _last[a] = b;
        footprint?.Relate(a, b);
    }

    /// <summary>The frame that a row of one frame holds, or <see cref="Store.Any"/> for an empty row.</summary>
    public int Single(int a)
    {
        if (_counts[a] == 0) return Any;
        if (Has(a, _last[a])) return _last[a];

        return Array.IndexOf(_stamps[a]!, _generations[a]);
    }

    /// <summary>A row of at most 64 frames as a set: bit f is frame f.</summary>
    internal ulong Row(int a)
    {
        ulong row = 0;
        for (int b = 0, left = _counts[a]; left > 0; b++)
        {
            if (_stamps[a]![b] != _generations[a]) continue;
            row |= 1UL << b;
            left--;
        }

        return row;
    }

    public override int Count(int a, int b)
    {
        if (b == Any) return _counts[a];
        if (a != Any) return Has(a, b) ? 1 : 0;
        if (_total == 0) return 0;

        int count = 0;
        for (int each = 0; each < vcpus; each++)
        {
            if (_counts[each] != 0 && Has(each, b)) count++;
        }

        return count;
    }

    public override Store Copy()
    {
        FramesByVcpu copy = new(vcpus, frames, null) { _total = _total };
        for (int a = 0; a < vcpus; a++) copy._stamps[a] = (int[]?)_stamps[a]?.Clone();
        _generations.CopyTo(copy._generations, 0);
        _counts.CopyTo(copy._counts, 0);
        _last.CopyTo(copy._last, 0);
        return copy;
    }

    private static int[] Ones(int size)
    {
        int[] values = new int[size];
        Array.Fill(values, 1);
        return values;
    }
}
