using System.Numerics;

namespace Checking.Exploration;

/// <summary>How a packed table grows where it lies. Homes rise with the hash and only ever move towards the end, so the buckets
/// are emptied from the last to the first, a block at a time, and their entries put where they now belong.</summary>
internal unsafe partial struct PackedTable
{
    private const ulong BlockBuckets = 8192;

    public bool TryGrow(int levels, long limit)
    {
        ulong most = IsSmall ? _buckets * 2 : _buckets + _buckets / 4;
        ulong least = _buckets + _buckets / 16;
        ulong affordable = (ulong)Math.Max(0, Math.Min(limit, _pages.Reserved) / BucketBytes - Displacements);
        return affordable >= least && TryMove(Math.Min(most, affordable), levels);
    }

    public bool TryHold(int levels, long limit)
    {
        if (levels < 1 << _levelBits) return true;

        for (ulong buckets = _buckets; BytesFor(buckets) <= Math.Min(limit, _pages.Reserved); buckets *= 2)
        {
            PackedTable probe = this;
            if (probe.TryLayOut(buckets, levels)) return TryMove(buckets, levels);
        }

        return false;
    }

    /// <summary>Chooses the widths of an entry's parts.</summary>
    /// <returns>false if the levels do not fit beside a remainder and one bit of the link</returns>
    private bool TryLayOut(ulong buckets, int levels)
    {
        int remainder = Math.Max(1, _bits - BitOperations.Log2(buckets));
        if (buckets > uint.MaxValue) return false;
        int spare = 64 - remainder - DisplacementBits;
        int level = BitOperations.Log2((uint)levels + 1) + 1;
        if (spare <= level) return false;

        // In LeastOf, home * rest cannot overflow: there are fewer than 2^32 buckets, which is 256 GiB.
        UInt128 range = UInt128.One << _bits;
        _spacing = (ulong)(range / buckets);
        _spacingRest = (ulong)(range % buckets);
        _buckets = buckets;
        _remainderBits = remainder;
        _linkBits = Math.Clamp(spare - Math.Max(level, FewestLevelBits), 1, 32); // A log keeps no more.
        _levelBits = spare - _linkBits;
        _markMask = (1UL << spare) - 1;
        _displaced = 1UL << spare;
        return true;
    }

    private bool TryMove(ulong buckets, int levels)
    {
        PackedTable to = this;
        if (!to.TryLayOut(buckets, levels) || !_pages.TryCommit(BytesFor(buckets))) return false;

        List<(ulong Hash, ulong Mark)> homeless = [];
        if (buckets == _buckets) Recode(to);
        else Move(to, homeless);
        this = to;
        foreach ((ulong hash, ulong mark) in homeless)
            if (!Settle(hash, mark)) throw new InvalidOperationException("Entries crowd around one home after the table has grown.");
        return true;
    }

    private readonly void Recode(in PackedTable to)
    {
        ulong mask = _markMask;
        for (ulong* entry = _entries, end = entry + (_buckets + Displacements) * BucketEntries; entry < end; entry++)
            if (*entry != 0) *entry = (*entry & ~mask) | Remark(*entry & mask, to);
    }

    private readonly void Move(in PackedTable to, List<(ulong Hash, ulong Mark)> homeless)
    {
        // From this bucket on, what is taken out of a block cannot belong in front of it.
        ulong first = ((Displacements + 1) * to._buckets / (to._buckets - _buckets)) + 1;
        ulong end = _buckets + Displacements;
        ulong[] taken = new ulong[(BlockBuckets + Math.Min(first, end)) * BucketEntries];
        while (end > 0)
        {
            ulong begin = end > first + BlockBuckets ? end - BlockBuckets : 0;
            Span<ulong> block = new(_entries + begin * BucketEntries, (int)((end - begin) * BucketEntries));
            block.CopyTo(taken);
            block.Clear();
            for (int i = 0; i < block.Length; i++)
            {
                ulong entry = taken[i];
                if (entry == 0) continue;
                ulong hash = HashOf(entry, begin + (ulong)i / BucketEntries), mark = Remark(entry & _markMask, to);
                if (to.Insert(hash, null, mark, shared: false) == Insertion.Full) homeless.Add((hash, mark));
            }

            end = begin;
        }
    }

    private readonly bool Settle(ulong hash, ulong mark) => Insert(hash, null, mark, shared: false) == Insertion.New;

    /// <summary>The mark in the widths of another layout. A link that gets wider ends in zeros, so it still is not greater than
    /// the link to any later parent with the same leading bits.</summary>
    private readonly ulong Remark(ulong mark, in PackedTable to)
    {
        ulong level = mark >> _linkBits, link = mark & ((1UL << _linkBits) - 1);
        int wider = to._linkBits - _linkBits;
        return level << to._linkBits | (wider >= 0 ? link << wider : link >> -wider);
    }

    /// <summary>The hash of an entry found in a bucket.</summary>
    private readonly ulong HashOf(ulong entry, ulong bucket)
    {
        ulong home = bucket + 1 - ((entry >> (64 - _remainderBits - DisplacementBits)) & (Displacements - 1));
        ulong least = LeastOf(home), low = entry >> (64 - _remainderBits);
        ulong remainder = (low - least) & (ulong.MaxValue >> (64 - _remainderBits));
        return (least + remainder) << _unused;
    }

    /// <summary>The least mixed value whose home is the bucket: home * 2^bits / buckets, rounded up.</summary>
    private readonly ulong LeastOf(ulong home) => home * _spacing + (home * _spacingRest + _buckets - 1) / _buckets;
}
