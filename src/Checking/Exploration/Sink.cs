using System.Runtime.CompilerServices;

namespace Checking.Exploration;

/// <summary>Where one worker's successors go: into a ring, while the line of the table that each belongs to is fetched, and
/// from there into the table and, if they are new, on the next level.</summary>
internal unsafe ref struct Sink<TTable, TWorker> : ISink
    where TTable : struct, IVisitedTable
    where TWorker : struct, IExpander
{
    /// <summary>Not readonly, or every call would be to a copy of it.</summary>
    public TTable Table;

    private readonly Lane<TWorker> _lane;
    private readonly ulong* _ring, _late;
    private readonly long* _fired;
    private readonly BlockPool _pool;
    private readonly Frontier _next;
    private readonly int _level;
    private readonly bool _shared, _symmetry;
    private readonly ulong _checked;

    private ulong _mark;
    private int _at, _lateAt;
    private ulong* _tail, _tailEnd;

    // Told to the lane now and then only: what another worker reads on the same line of memory would be slow at every state.
    private long _added, _orbits, _noted;
    private ulong _reached;

    /// <param name="level">of the states that come in</param>
    /// <param name="shared">whether others insert at the same time</param>
    /// <param name="properties">those to check, a bit for each</param>
    public Sink(TTable table, Lane<TWorker> lane, BlockPool pool, Frontier next, int level, bool shared, bool symmetry, ulong properties)
    {
        Table = table;
        _lane = lane;
        _ring = lane.Ring;
        _late = lane.Late;
        _fired = lane.Fired;
        _pool = pool;
        _next = next;
        _level = level;
        _shared = shared;
        _symmetry = symmetry;
        _checked = properties;
        _mark = table.Mark(level, 0);
        if (lane.Open is not { } open) return;
        _tail = open.States + (long)open.Count * table.Words;
        _tailEnd = open.States + (long)pool.BlockStates * table.Words;
    }

    /// <summary>Says whose successors come next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void From(ulong* parent) => _mark = Table.Mark(_level, Table.Hash(parent));

    public void Add(ulong* successor, int action)
    {
        _fired[action]++;
        ulong* slot = _ring + _at * Lane<TWorker>.SlotWords(Table.Words);
        _at = (_at + 1) & (Lane<TWorker>.RingSlots - 1);
        if (*slot != 0) Insert(slot);

        ulong* state = slot + 2;
        for (int i = 0; i < Table.Words; i++) state[i] = successor[i];
        if (_symmetry) _lane.Checker.Canonicalize(state);
        ulong hash = Table.Hash(state);
        slot[1] = hash;
        slot[0] = _mark;
        Table.Prefetch(hash);
    }

    public void Note(int action)
    {
        _fired[action]++;
        _noted++;
    }

    /// <summary>Tells the lane what was counted.</summary>
    public void Tell()
    {
        _lane.Added += _added;
        _lane.Orbits += _orbits;
        _lane.Noted += _noted;
        _lane.Reached |= _reached;
        _added = _orbits = _noted = 0;
    }

    /// <summary>Puts into the table what waits for it, and closes the lane's block for now.</summary>
    public void Close()
    {
        int slotWords = Lane<TWorker>.SlotWords(Table.Words);
        for (int i = 0; i < Lane<TWorker>.RingSlots; i++)
        {
            ulong* slot = _ring + i * slotWords;
            if (*slot != 0) Insert(slot);
            *slot = 0;
        }

        for (int i = 0; i < Lane<TWorker>.LateSlots; i++)
        {
            ulong* slot = _late + i * slotWords;
            if (*slot != 0) Insert(slot[1], slot + 2, slot[0]);
            *slot = 0;
        }

        if (_lane.Open is { } open) open.Count = (int)((_tail - open.States) / Table.Words);
        Tell();
    }

    /// <summary>Puts in a state whose transition was counted before.</summary>
    public void Again(ulong parentHash, ulong* state) => Insert(Table.Hash(state), state, Table.Mark(_level, parentHash));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Insert(ulong* slot)
    {
        Insertion outcome = Table.InsertAtHome(slot[1], slot + 2, slot[0], _shared);
        if (outcome == Insertion.New) Keep(slot[1], slot + 2, slot[0], outcome);
        else if (outcome == Insertion.Full) Defer(slot);
    }

    /// <summary>Lets a state whose home is full wait for the lines beyond.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Defer(ulong* slot)
    {
        int slotWords = Lane<TWorker>.SlotWords(Table.Words);
        ulong* late = _late + _lateAt * slotWords;
        _lateAt = (_lateAt + 1) & (Lane<TWorker>.LateSlots - 1);
        if (*late != 0) Insert(late[1], late + 2, late[0]);
        for (int i = 0; i < slotWords; i++) late[i] = slot[i];
        Table.PrefetchBeyond(slot[1]);
    }

    private void Insert(ulong hash, ulong* state, ulong mark)
    {
        Insertion outcome = Table.Insert(hash, state, mark, _shared);
        if (outcome != Insertion.Known) Keep(hash, state, mark, outcome);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Keep(ulong hash, ulong* state, ulong mark, Insertion outcome)
    {
        if (outcome == Insertion.Full)
        {
            _lane.Homeless.Add(mark << (64 - Table.LinkBits)); // Links get wider when the table grows.
            _lane.Homeless.AddRange(new ReadOnlySpan<ulong>(state, Table.Words));
            return;
        }

        if (_tail == _tailEnd) OpenBlock();
        for (int i = 0; i < Table.Words; i++) *_tail++ = state[i];
        _added++;
        if (_symmetry) _orbits += _lane.Checker.Canonicalize(state);
        if (_checked == 0) return;

        _lane.Checker.Check(state, out ulong violated, out ulong reached);
        _reached |= reached;
        if ((violated & _checked) != 0) Report(hash, state, violated & _checked);
    }

    private void OpenBlock()
    {
        ulong* fresh = null;
        if (_lane.Open is { } full)
        {
            full.Count = _pool.BlockStates;
            fresh = Exchange(full);
        }

        _lane.Open = new FrontierBlock(_tail = fresh == null ? _pool.Rent() : fresh);
        _tailEnd = _tail + (long)_pool.BlockStates * Table.Words;
    }

    private readonly ulong* Exchange(FrontierBlock full)
    {
        try
        {
            return _next.Exchange(full);
        }
        catch (IOException failure)
        {
            _lane.DiskFailure = failure;
            _next.Add(full);
            return null;
        }
    }

    private readonly void Report(ulong hash, ulong* state, ulong violated)
    {
        _lane.Violated |= violated;
        Violator found = new(hash, new ReadOnlySpan<ulong>(state, Table.Words).ToArray(), violated);
        if (found.ComesBefore(_lane.Least)) _lane.Least = found;
    }
}
