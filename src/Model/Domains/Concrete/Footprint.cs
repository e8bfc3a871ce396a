namespace Model.Domains.Concrete;

/// <summary>Which frames and which slots changed since it was last cleared.</summary>
/// <param name="isTold">false for a state that does not tell it what changes: whatever can be related then counts as related</param>
public sealed class Footprint(int frames, bool isTold = true)
{
    private readonly int[] _stamps = new int[frames];
    private readonly List<Mfn> _frames = [];
    private readonly List<(int Table, int Slot)> _slots = [];
    private readonly int[] _whole = new int[frames];
    private readonly ulong[] _related = new ulong[frames];
    private int _now = 1;
    private ulong _vcpus;

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

    /// <summary>A relation of vCPUs and frames holds of these two.</summary>
    public void Relate(int vcpu, int frame) => _related[frame] |= 1UL << vcpu;

    /// <summary>The vCPUs that some relation of vCPUs and frames has ever related to a frame: bit v mod 64 for vCPU v.</summary>
    public ulong RelatedTo(int frame) => isTold ? _related[frame] : ulong.MaxValue;

    /// <summary>The vCPUs that changed in a way that concerns no frame in particular, in the same bits.</summary>
    public ulong Vcpus => isTold ? _vcpus : ulong.MaxValue;

    /// <summary>A vCPU changed in a way that concerns no frame in particular.</summary>
    public void AddVcpu(int vcpu) => _vcpus |= 1UL << vcpu;

    /// <summary>From here on nothing has changed.</summary>
    public void Clear()
    {
        _now++;
        _vcpus = 0;
        _frames.Clear();
        _slots.Clear();
    }
}
