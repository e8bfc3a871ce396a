namespace Checking.PageTypes;

/// <summary>The renamings of a scope, and the least state that they make of one.</summary>
/// <remarks>
/// A renaming permutes the frames and perhaps exchanges the two domains. No step and no invariant names a frame or a domain, but
/// two things of a scope do: which frames may change their owner, and who owns each at first. So a renaming takes movable frames to
/// movable frames, and a frame that cannot move to one whose owner, fixed for good, is the renamed one. What it does to the
/// owners of movable frames is undone by transfers from the first state, in which all frames are free: hence the renamed
/// first state can be reached, every state reached has its whole orbit reached, and the sizes of the orbits add up to the count
/// without symmetry, for any number of movable frames.
/// <para>
/// The most significant bits of a state say things of frames that name no other frame (<see cref="Layout{TShape}"/>), so in the least
/// state of an orbit frames stand sorted by these; only renamings that sort them are tried.
/// </para>
/// </remarks>
internal sealed unsafe class Orbits<TShape> where TShape : struct, IShape
{
    private readonly int _movable;
    private readonly bool _exchanges;

    /// <summary>The frames' new names in the order in which they are given out: class by class, the most significant first.</summary>
    private readonly int[] _names;

    /// <summary>The frames in the order in which they are named, and their keys.</summary>
    private readonly int[] _order = new int[TShape.Frames];
    private readonly ulong[] _keys = new ulong[TShape.Frames];
    private readonly int[] _renamed = new int[TShape.Frames];
    private readonly ulong[] _best = new ulong[Layout<TShape>.Words];
    private readonly ulong[] _image = new ulong[Layout<TShape>.Words];
    private long _equal;

    public Orbits(int movable)
    {
        _movable = movable;
        int[] frames = [.. Enumerable.Range(0, TShape.Frames)];
        int[] sizes = [movable, frames.Count(f => Class(f, 0) == 1), frames.Count(f => Class(f, 0) == 2)];
        _exchanges = sizes[1] == sizes[2];
        _names = [.. frames.OrderBy(f => Class(f, 0)).ThenByDescending(f => f)];
        Renamings = sizes.Select(Factorial).Aggregate(_exchanges ? 2L : 1L, (a, b) => a * b);
    }

    /// <summary>How many renamings there are.</summary>
    public long Renamings { get; }

    /// <summary>Replaces the state by the least that a renaming makes of it.</summary>
    /// <returns>the number of states that renamings make of it</returns>
    public long Canonicalize(ulong* state)
    {
        _equal = 0;
        for (int exchange = 0; exchange <= (_exchanges ? 1 : 0); exchange++)
        {
            Sort(state, exchange);
            Name(state, exchange, 0);
        }

        _best.CopyTo(new Span<ulong>(state, _best.Length));
        return Renamings / _equal;
    }

    private static long Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);

    /// <summary>Frames of a class may be renamed into each other: those that move, and those of either domain that do not.</summary>
    private int Class(int f, int exchange) => f < _movable ? 0 : 1 + ((f ^ exchange) & 1);

    /// <summary>What is said of a frame without naming another one, in the order of significance.</summary>
    private static ulong Key(PackedState<TShape> s, int f, int exchange)
    {
        ulong key = s.Owner[f].Value ^ (uint)exchange;
        key = key << 2 | s.Use[f].Value;
        key = key << 8 | s.Count[f].Value;
        key = key << 1 | s.Pinned[f].Number;
        key = key << 1 | s.Cached[1 ^ exchange, f].Number;
        key = key << 1 | s.Cached[exchange, f].Number;
        for (int slot = TShape.Slots - 1; slot >= 0; slot--) key = key << 1 | s.Writable[f, slot].Number;
        return key;
    }

    /// <summary>Orders the frames by class and key.</summary>
    private void Sort(ulong* state, int exchange)
    {
        PackedState<TShape> s = new(state);
        for (int f = 0; f < TShape.Frames; f++)
        {
            ulong key = (ulong)Class(f, exchange) << 32 | Key(s, f, exchange);
            int at = f;
            for (; at > 0 && _keys[at - 1] > key; at--)
            {
                _keys[at] = _keys[at - 1];
                _order[at] = _order[at - 1];
            }

            _keys[at] = key;
            _order[at] = f;
        }
    }

    /// <summary>Names the frames from the one at <paramref name="at"/> on; those of one key in every order.</summary>
    private void Name(ulong* state, int exchange, int at)
    {
        if (at == TShape.Frames)
        {
            Compare(state, exchange);
            return;
        }

        for (int other = at; other < TShape.Frames && _keys[other] == _keys[at]; other++)
        {
            (_order[at], _order[other]) = (_order[other], _order[at]);
            _renamed[_order[at]] = _names[at];
            Name(state, exchange, at + 1);
            (_order[at], _order[other]) = (_order[other], _order[at]);
        }
    }

    /// <summary>Keeps the renamed state if it is the least so far.</summary>
    private void Compare(ulong* state, int exchange)
    {
        fixed (ulong* image = _image)
        {
            Rename(new(state), new(image), exchange);
        }

        int order = _equal == 0 ? -1 : Order(_image, _best);
        if (order < 0) _image.CopyTo(_best, 0);
        _equal = order < 0 ? 1 : order == 0 ? _equal + 1 : _equal;
    }

    private void Rename(PackedState<TShape> from, PackedState<TShape> to, int exchange)
    {
        PackedBit always = PackedBit.Of(true);
        Array.Clear(_image);
        for (int f = 0; f < TShape.Frames; f++)
        {
            int name = _renamed[f];
            to.Owner.Assign(always, name, new(from.Owner[f].Value ^ (uint)exchange));
            to.Use.Assign(always, name, from.Use[f]);
            to.Count.Assign(always, name, from.Count[f]);
            to.Pinned.Assign(always, from.Pinned[f], name);
            for (int d = 0; d < Layout<TShape>.Domains; d++)
            {
                to.Cached.Assign(always, from.Cached[d, f], d ^ exchange, name);
                to.Root.Assign(from.Root[d, f], always, d ^ exchange, name);
            }

            for (int slot = 0; slot < TShape.Slots; slot++)
            {
                to.Writable.Assign(always, from.Writable[f, slot], name, slot);
                for (int target = 0; target < TShape.Frames; target++)
                {
                    to.Entry.Assign(from.Entry[f, slot, target], always, name, slot, _renamed[target]);
                }
            }
        }
    }

    /// <summary>Compares two states as numbers.</summary>
    private static int Order(ulong[] a, ulong[] b)
    {
        for (int word = a.Length - 1; word >= 0; word--)
        {
            if (a[word] != b[word]) return a[word] < b[word] ? -1 : 1;
        }

        return 0;
    }
}
