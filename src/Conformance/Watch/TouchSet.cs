using System.Runtime.InteropServices;

namespace Conformance.Watch;

/// <summary>The frames touched during one step, each once.</summary>
internal sealed class TouchSet(ulong frames)
{
    private readonly bool[] _isIn = new bool[frames];
    private readonly List<ulong> _frames = [];

    public ReadOnlySpan<ulong> Frames => CollectionsMarshal.AsSpan(_frames);

    public void Add(ulong mfn)
    {
        if (_isIn[mfn]) return;
        _isIn[mfn] = true;
        _frames.Add(mfn);
    }

    public void Clear()
    {
        foreach (ulong mfn in _frames) _isIn[mfn] = false;
        _frames.Clear();
    }
}
