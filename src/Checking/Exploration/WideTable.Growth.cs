using System.Numerics;

namespace Checking.Exploration;

/// <summary>How a wide table grows where it lies: as <see cref="PackedTable"/> does.</summary>
internal unsafe partial struct WideTable
{
    private const ulong BlockSlots = 16384;

    public bool TryGrow(int levels, long limit)
    {
        ulong most = _slots < 1 << 18 ? _slots * 2 : _slots + _slots / 4;
        ulong least = _slots + _slots / 16;
        long entryBytes = _entryWords * sizeof(ulong);
        ulong affordable = (ulong)Math.Max(0, Math.Min(limit, _pages.Reserved) / entryBytes - Displacements);
        return affordable >= least && TryHold(levels, limit) && TryMove(Math.Min(most, affordable));
    }

    public bool TryHold(int levels, long limit)
    {
        int needed = BitOperations.Log2((uint)levels + 1) + 1;
        if (needed >= _markBits) return false;
        if (needed > _markBits - _linkBits) Recode(_markBits - needed);
        return true;
    }

    /// <summary>Gives bits of the links to the levels.</summary>
    private void Recode(int linkBits)
    {
        int shorter = _linkBits - linkBits;
        ulong stateMask = ulong.MaxValue >> _markBits;
        for (ulong slot = 0; slot < _slots + Displacements; slot++)
        {
            ulong* last = EntryAt(slot) + _entryWords - 1;
            if (*last == 0) continue;
            ulong mark = *last >> (64 - _markBits), level = mark >> _linkBits, link = mark & LinkMask;
            *last = (level << linkBits | link >> shorter) << (64 - _markBits) | (*last & stateMask);
        }

        _linkBits = linkBits;
    }

    private bool TryMove(ulong slots)
    {
        WideTable to = this;
        to._slots = slots;
        if (!_pages.TryCommit(to.Bytes)) return false;

        List<ulong[]> homeless = [];
        Move(to, homeless);
        this = to;
        foreach (ulong[] entry in homeless)
            fixed (ulong* taken = entry)
                if (!Settle(taken)) throw new InvalidOperationException("Entries crowd around one home after the table has grown.");
        return true;
    }

    private readonly void Move(in WideTable to, List<ulong[]> homeless)
    {
        // From this slot on, what is taken out of a block cannot belong in front of it.
        ulong first = ((Displacements + 1) * to._slots / (to._slots - _slots)) + 1;
        ulong end = _slots + Displacements, words = (ulong)_entryWords;
        ulong[] taken = new ulong[(BlockSlots + Math.Min(first, end)) * words];
        while (end > 0)
        {
            ulong begin = end > first + BlockSlots ? end - BlockSlots : 0;
            Span<ulong> block = new(EntryAt(begin), (int)((end - begin) * words));
            block.CopyTo(taken);
            block.Clear();
            fixed (ulong* entries = taken)
            {
                for (ulong i = 0; i < end - begin; i++)
                {
                    ulong* entry = entries + i * words;
                    if (entry[words - 1] != 0 && !to.Settle(entry))
                        homeless.Add(new ReadOnlySpan<ulong>(entry, _entryWords).ToArray());
                }
            }

            end = begin;
        }
    }

    private readonly bool Settle(ulong* entry)
    {
        ulong* state = stackalloc ulong[_words];
        Read(entry, state);
        return Insert(Hash(state), state, entry[_entryWords - 1] >> (64 - _markBits), shared: false) == Insertion.New;
    }
}
