using Model;

namespace Checking.Memory;

/// <summary>A machine of one's own whose state can be put there and taken from there, packed.</summary>
internal sealed unsafe class Image
{
    private readonly Layout _layout;
    private readonly Cell[] _cells;
    private readonly ulong[] _base, _now;

    public Image(MemoryScope scope)
    {
        Machine = scope.Boot();
        _layout = new(scope, Machine);
        _cells = _layout.Cells;
        _base = new ulong[_cells.Length];
        _now = new ulong[_cells.Length];
        for (int i = 0; i < _cells.Length; i++) _base[i] = _cells[i].Read();
    }

    public Machine Machine { get; }

    public Layout Layout => _layout;

    /// <summary>The cell that had no room for its number when <see cref="Take"/> last failed.</summary>
    public Cell? Overflown { get; private set; }

    /// <summary>The machine becomes what the words say.</summary>
    public void Put(ulong* words)
    {
        _layout.Unpack(words, _base);
        Restore();
    }

    /// <summary>The machine becomes again what was last put there.</summary>
    public void Restore()
    {
        for (int i = 0; i < _cells.Length; i++)
        {
            if (_cells[i].Read() != _base[i]) _cells[i].Write(_base[i]);
        }
    }

    /// <summary>The machine becomes again what was last put there, given that <see cref="Take"/> read it since.</summary>
    public void Undo()
    {
        for (int i = 0; i < _cells.Length; i++)
        {
            if (_now[i] != _base[i]) _cells[i].Write(_base[i]);
        }
    }

    /// <summary>Writes the state of the machine as it is now.</summary>
    /// <param name="differs">it is not what was last put there</param>
    /// <returns>false if some number is beyond its declared range; see <see cref="Overflown"/></returns>
    public bool Take(ulong* words, out bool differs)
    {
        differs = false;
        for (int i = 0; i < _cells.Length; i++)
        {
            ulong value = _cells[i].Read();
            if (value == _base[i])
            {
                _now[i] = value;
                continue;
            }

            differs = true;
            _now[i] = value;
            if (value <= _cells[i].Most) continue;

            Overflown = _cells[i];
            return false;
        }

        if (differs) _layout.Pack(_now, words);
        return true;
    }
}
