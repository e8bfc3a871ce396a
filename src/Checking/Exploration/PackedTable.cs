using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Checking.Exploration;

/// <summary>Exact storage of states of up to 61 bits in eight bytes each, level and link included.</summary>
/// <remarks>
/// Quotienting (Knuth 6.4, exercise 13; Cleary 1984): the state is mixed by a bijection; the leading bits of the result choose
/// the home bucket, so an entry holds only the bits that are left, and which bucket from there on, counted from one, it is in. The state can be told
/// again from an entry and its place. A bucket is one cache line of eight entries, compared at once; they are filled in order and
/// never emptied, so the first empty one ends a search.
/// <code>
/// entry   | remainder: R | bucket: 8 | level + 1: T | leading bits of the parent's hash: P |      0: empty
/// </code>
/// </remarks>
internal unsafe partial struct PackedTable : IVisitedTable
{
    private const int BucketEntries = 8, BucketBytes = 64, DisplacementBits = 8, Displacements = 1 << DisplacementBits;
    private const int FewestLevelBits = 8;

    /// <summary>Wider states would leave too few bits for levels and links while the table is small.</summary>
    public const int MostBits = 61;

    private readonly HugePages _pages;
    private readonly int _bits, _unused;
    private readonly Mixing _mixing;
    private readonly ulong* _entries;

    private ulong _buckets, _spacing, _spacingRest;
    private int _remainderBits, _levelBits, _linkBits;
    private ulong _markMask, _displaced; // in an entry: level and link; one in the field of the bucket

    /// <param name="bits">of a state, 1 to 64</param>
    /// <param name="pages">where the table lies; the caller's to dispose of</param>
    public PackedTable(int bits, HugePages pages)
    {
        _bits = bits;
        _unused = 64 - bits;
        _mixing = new Mixing(bits);
        ulong buckets = 1UL << Math.Max(15, bits - 46);
        if (!TryLayOut(buckets, levels: 1))
            throw new InvalidOperationException($"No layout for states of {bits} bits in {buckets} buckets.");
        _pages = pages;
        _entries = (ulong*)_pages.Start;
        if (!_pages.TryCommit(Bytes)) throw new InsufficientMemoryException($"No {Bytes:N0} bytes for the first states.");
    }

    public readonly int Words => 1;

    // Beyond that, linear probing of buckets of eight takes more time than the memory is worth.
    public readonly long Comfortable => (long)(IsSmall ? _buckets * BucketEntries / 8 * 5 : _buckets * BucketEntries / 5 * 4);

    public readonly long Utmost => (long)(_buckets * BucketEntries / 100 * 96);

    public readonly long Bytes => BytesFor(_buckets);

    public readonly int LinkBits => _linkBits;

    // What a small table wastes is little beside all else; up to 64 MiB.
    private readonly bool IsSmall => _buckets < 1 << 20;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Hash(ulong* state) => _mixing.Mix(*state);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Prefetch(ulong hash)
    {
        if (Sse.IsSupported) Sse.Prefetch0(_entries + Home(hash) * BucketEntries);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Mark(int level, ulong parentHash) => (ulong)(level + 1) << _linkBits | parentHash >> (64 - _linkBits);

    public readonly void PrefetchBeyond(ulong hash)
    {
        if (!Sse.IsSupported) return;
        ulong* home = _entries + Home(hash) * BucketEntries;
        Sse.Prefetch0(home + BucketEntries);
        Sse.Prefetch0(home + 2 * BucketEntries);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Insertion InsertAtHome(ulong hash, ulong* state, ulong mark, bool shared) =>
        InsertInto(_entries + Home(hash) * BucketEntries, Remainder(hash) | _displaced, mark, shared);

    public readonly Insertion Insert(ulong hash, ulong* state, ulong mark, bool shared)
    {
        ulong* bucket = _entries + Home(hash) * BucketEntries;
        ulong wanted = Remainder(hash) | _displaced;
        for (int i = 1; i < Displacements; i++, bucket += BucketEntries, wanted += _displaced)
        {
            Insertion outcome = InsertInto(bucket, wanted, mark, shared);
            if (outcome != Insertion.Full) return outcome;
        }

        return Insertion.Full;
    }

    public readonly ulong Link(ulong hash, ulong* state)
    {
        ulong* bucket = _entries + Home(hash) * BucketEntries;
        ulong wanted = Remainder(hash) | _displaced;
        for (int i = 1; i < Displacements; i++, bucket += BucketEntries, wanted += _displaced)
        {
            for (int place = 0; place < BucketEntries; place++)
            {
                ulong entry = bucket[place];
                if (entry == 0) throw new KeyNotFoundException($"State {*state:x} was never seen.");
                if ((entry & ~_markMask) == wanted) return entry & ((1UL << _linkBits) - 1);
            }
        }

        throw new KeyNotFoundException($"State {*state:x} was never seen.");
    }

    public readonly List<ulong> StatesOf(int level, ulong leastHash, ulong greatestHash)
    {
        List<ulong> states = [];
        ulong last = Home(greatestHash) + Displacements - 1;
        for (ulong bucket = Home(leastHash); bucket <= last; bucket++)
        {
            for (ulong place = 0; place < BucketEntries; place++)
            {
                ulong entry = _entries[bucket * BucketEntries + place];
                if (entry == 0) break;
                if ((entry & _markMask) >> _linkBits != (ulong)(level + 1)) continue;
                ulong hash = HashOf(entry, bucket);
                if (hash >= leastHash && hash <= greatestHash) states.Add(_mixing.Unmix(hash));
            }
        }

        return states;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Insertion InsertInto(ulong* bucket, ulong wanted, ulong mark, bool shared)
    {
        while (true)
        {
            Vector512<ulong> entries = Vector512.Load(bucket);
            ulong same = Vector512.Equals(entries & Vector512.Create(~_markMask), Vector512.Create(wanted)).ExtractMostSignificantBits();
            if (same != 0) return FoundAt(bucket + BitOperations.TrailingZeroCount(same), wanted | mark, shared);

            ulong empty = Vector512.Equals(entries, Vector512<ulong>.Zero).ExtractMostSignificantBits();
            if (empty == 0) return Insertion.Full;
            ulong* slot = bucket + BitOperations.TrailingZeroCount(empty);
            if (!shared) *slot = wanted | mark;
            else if (Interlocked.CompareExchange(ref *slot, wanted | mark, 0) != 0) continue; // It may hold this very state now.
            return Insertion.New;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Insertion FoundAt(ulong* slot, ulong entry, bool shared)
    {
        // Marks rise with the level, so only a mark of the level being built can be greater.
        if (!shared) *slot = Math.Min(*slot, entry);
        else if (*slot > entry) Lower(slot, entry);
        return Insertion.Known;
    }

    private static void Lower(ulong* slot, ulong entry)
    {
        ulong seen = Volatile.Read(ref *slot);
        while (seen > entry)
        {
            ulong was = Interlocked.CompareExchange(ref *slot, entry, seen);
            if (was == seen) return;
            seen = was;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong Remainder(ulong hash) => hash >> _unused << (64 - _remainderBits);

    private static long BytesFor(ulong buckets) => ((long)buckets + Displacements) * BucketBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong Home(ulong hash) => Math.BigMul(hash, _buckets, out _);
}
