namespace Model.Domains.Concrete;

/// <summary>Which frames and which slots changed since it was last cleared.</summary>
public sealed class Footprint(int frames)
{
    private readonly int[] _stamps = new int[frames];
    private readonly List<Mfn> _frames = [];
    private readonly List<(int Table, int Slot)> _slots = [];
    private readonly int[] _whole = new int[frames];
    private int _now = 1;

    /// <summary>The frames that changed, each once, in the order of their first change.</summary>
    public List<Mfn> Frames => _frames;

    /// <summary>The slots that changed, in order; one may be named more than once.</summary>
    public List<(int Table, int Slot)> Slots => _slots;

    /// <summary>A frame changed.</summary>
    public void Add(int frame)
    {
        if (_stamps[frame] == _now) return;

        _stamps[frame] = _now;
        _frames.Add(new((ulong)frame));
    }

    /// <summary>A frame changed in a way that concerns all its slots.</summary>
    public void AddWhole(int frame)
    {
        Add(frame);
        _whole[frame] = _now;
    }

    /// <summary>The frame changed in a way that concerns all its slots.</summary>
    public bool IsWhole(Mfn frame) => _whole[(int)frame.Value] == _now;

    /// <summary>A slot of a frame changed.</summary>
    public void Add(int table, int slot)
    {
        Add(table);
        if (_slots.Count == 0 || _slots[^1] != (table, slot)) _slots.Add((table, slot));
    }

    /// <summary>From here on nothing has changed.</summary>
    public void Clear()
    {
        _now++;
        _frames.Clear();
        _slots.Clear();
    }
}
