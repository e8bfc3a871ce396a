using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Checking.Exploration;

/// <summary>Exact storage of states of any width: an entry holds the whole state.</summary>
/// <remarks>
/// Level and link share the last word of the state if it has 32 bits to spare, and have a word of their own if not. They are
/// never zero, so that a last word of zero is an empty entry. While an entry is being written its last word is <see cref="Busy"/>:
/// a worker that meets it waits for the few stores of another.
/// </remarks>
internal unsafe partial struct WideTable : IVisitedTable
{
    private const ulong Busy = ulong.MaxValue;
    private const int Displacements = 4096, AtHome = 3, FewestMarkBits = 32, FewestLevelBits = 12;

    private readonly HugePages _pages;
    private readonly ulong* _entries;
    private readonly int _words, _entryWords, _markBits;
    private readonly ulong _stateMask;

    private ulong _slots;
    private int _linkBits;

    /// <param name="bits">of a state, 1 or more</param>
    /// <param name="pages">where the table lies; the caller's to dispose of</param>
    public WideTable(int bits, HugePages pages)
    {
        _words = (bits + 63) / 64;
        int spare = 64 * _words - bits;
        bool shares = spare >= FewestMarkBits;
        _entryWords = shares ? _words : _words + 1;
        _markBits = shares ? Math.Min(spare, 48) : 48;
        _stateMask = shares ? (1UL << (64 - spare)) - 1 : 0;
        _linkBits = Math.Min(_markBits - FewestLevelBits, 32); // A log keeps no more.
        _slots = 1 << 14;
        _pages = pages;
        _entries = (ulong*)_pages.Start;
        if (!_pages.TryCommit(Bytes)) throw new InsufficientMemoryException($"No {Bytes:N0} bytes for the first states.");
    }

    public readonly int Words => _words;

    // Linear probing one by one: at four fifths a search for what is not there takes 13 entries.
    public readonly long Comfortable => (long)(_slots / 5 * 4);

    public readonly long Utmost => (long)(_slots / 100 * 96);

    public readonly long Bytes => BytesFor(_slots);

    public readonly int LinkBits => _linkBits;

    private readonly ulong LinkMask => (1UL << _linkBits) - 1;

    private readonly bool SharesLastWord => _entryWords == _words;

    public readonly ulong Hash(ulong* state)
    {
        ulong hash = 0;
        for (int i = 0; i < _words; i++)
        {
            hash = (hash ^ state[i]) * 0x9E3779B97F4A7C15;
            hash ^= hash >> 32;
        }

        return hash * 0xff51afd7ed558ccd;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Prefetch(ulong hash)
    {
        if (!Sse.IsSupported) return;
        ulong* home = EntryAt(Home(hash));
        Sse.Prefetch0(home);
        Sse.Prefetch0(home + AtHome * _entryWords - 1);
    }

    public readonly ulong Mark(int level, ulong parentHash) => (ulong)(level + 1) << _linkBits | parentHash >> (64 - _linkBits);

    public readonly void PrefetchBeyond(ulong hash)
    {
        if (!Sse.IsSupported) return;
        ulong* beyond = EntryAt(Home(hash) + AtHome);
        Sse.Prefetch0(beyond);
        Sse.Prefetch0(beyond + 8);
    }

    public readonly Insertion InsertAtHome(ulong hash, ulong* state, ulong mark, bool shared) => Insert(hash, state, mark, shared, AtHome);

    public readonly Insertion Insert(ulong hash, ulong* state, ulong mark, bool shared) => Insert(hash, state, mark, shared, Displacements);

    private readonly Insertion Insert(ulong hash, ulong* state, ulong mark, bool shared, int displacements)
    {
        ulong* entry = EntryAt(Home(hash));
        ulong last = mark << (64 - _markBits) | (SharesLastWord ? state[_words - 1] : 0);
        for (int i = 0; i < displacements; i++, entry += _entryWords)
        {
            ulong* held = entry + _entryWords - 1;
            ulong seen = Volatile.Read(ref *held);
            if (seen == 0)
            {
                if (!shared || (seen = Interlocked.CompareExchange(ref *held, Busy, 0)) == 0)
                {
                    Write(entry, state, last);
                    return Insertion.New;
                }
            }

            if (seen == Busy) seen = WhenWritten(held);
            if (!Holds(entry, seen, state)) continue;

            // Marks lead the last word and rise with the level: only one of the level being built can be greater.
            if (seen > last) Lower(held, last, shared);
            return Insertion.Known;
        }

        return Insertion.Full;
    }

    public readonly ulong Link(ulong hash, ulong* state)
    {
        ulong* entry = EntryAt(Home(hash));
        for (int i = 0; i < Displacements; i++, entry += _entryWords)
        {
            ulong last = entry[_entryWords - 1];
            if (last == 0) break;
            if (Holds(entry, last, state)) return (last >> (64 - _markBits)) & LinkMask;
        }

        throw new KeyNotFoundException($"State {string.Join('.', new ReadOnlySpan<ulong>(state, _words).ToArray())} was never seen.");
    }

    public readonly List<ulong> StatesOf(int level, ulong leastHash, ulong greatestHash)
    {
        List<ulong> states = [];
        ulong* state = stackalloc ulong[_words];
        ulong past = Home(greatestHash) + Displacements;
        for (ulong slot = Home(leastHash); slot < past; slot++)
        {
            ulong* entry = EntryAt(slot);
            if (entry[_entryWords - 1] >> (64 - _markBits) >> _linkBits != (ulong)(level + 1)) continue;
            Read(entry, state);
            ulong hash = Hash(state);
            if (hash >= leastHash && hash <= greatestHash) states.AddRange(new ReadOnlySpan<ulong>(state, _words));
        }

        return states;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool Holds(ulong* entry, ulong last, ulong* state)
    {
        for (int i = 0; i < _words - 1; i++)
            if (entry[i] != state[i]) return false;
        return SharesLastWord ? (last & _stateMask) == state[_words - 1] : entry[_words - 1] == state[_words - 1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Write(ulong* entry, ulong* state, ulong last)
    {
        for (int i = 0; i < _entryWords - 1; i++) entry[i] = state[i];
        Volatile.Write(ref entry[_entryWords - 1], last);
    }

    private readonly void Read(ulong* entry, ulong* state)
    {
        for (int i = 0; i < _words; i++) state[i] = entry[i];
        if (SharesLastWord) state[_words - 1] &= _stateMask;
    }

    private static ulong WhenWritten(ulong* held)
    {
        SpinWait wait = default;
        ulong seen;
        while ((seen = Volatile.Read(ref *held)) == Busy) wait.SpinOnce();
        return seen;
    }

    private static void Lower(ulong* held, ulong last, bool shared)
    {
        if (!shared)
        {
            *held = last;
            return;
        }

        ulong seen = Volatile.Read(ref *held);
        while (seen > last)
        {
            ulong was = Interlocked.CompareExchange(ref *held, last, seen);
            if (was == seen) return;
            seen = was;
        }
    }

    private readonly long BytesFor(ulong slots) => ((long)slots + Displacements) * _entryWords * sizeof(ulong);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong Home(ulong hash) => Math.BigMul(hash, _slots, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong* EntryAt(ulong slot) => _entries + slot * (ulong)_entryWords;
}
