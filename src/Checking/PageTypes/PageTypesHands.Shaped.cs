using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Checking.Exploration;
using Model.PageTypes;

namespace Checking.PageTypes;

/// <summary>The hands for one shape: every step of the model's text, tried on a state kept in a cell of the worker's own.</summary>
internal sealed unsafe class PageTypesHands<TShape> : PageTypesHands where TShape : struct, IShape
{
    private readonly PageTypesSizes _sizes;
    private readonly ulong* _cell;
    private readonly PageTypeSteps<PackedState<TShape>, PackedBit, PackedWord, PackedRelation<TShape>, PackedMap<TShape>> _steps;
    private readonly PageTypeInvariants<PackedState<TShape>, PackedBit, PackedWord, PackedRelation<TShape>, PackedMap<TShape>> _invariants;
    private readonly Orbits<TShape> _orbits;
    private bool _isDisposed;

    public PageTypesHands(PageTypesSizes sizes)
    {
        _sizes = sizes;
        _cell = (ulong*)NativeMemory.AlignedAlloc((nuint)Math.Max(128, Layout<TShape>.Words * sizeof(ulong)), 128); // Lines are fetched in pairs.
        PackedState<TShape> state = new(_cell);
        _steps = sizes.FlushOnTypeChange
            ? new PageTypeSteps<PackedState<TShape>, PackedBit, PackedWord, PackedRelation<TShape>, PackedMap<TShape>>(state)
            : new ForgetsToFlush<PackedState<TShape>, PackedBit, PackedWord, PackedRelation<TShape>, PackedMap<TShape>>(state);
        _invariants = new(state);
        _orbits = new(sizes.Movable);
    }

    public override int StateBits => Layout<TShape>.Bits;

    public override long Renamings => _orbits.Renamings;

    public override void Begin<TSink>(ref TSink sink)
    {
        new Span<ulong>(_cell, Layout<TShape>.Words).Clear();
        foreach (PackedWord f in _steps.Frames) new PackedState<TShape>(_cell).Owner.Assign(PackedBit.Of(true), f, new(f.Value % Layout<TShape>.Domains));
        sink.Add(_cell, 0);
    }

    public override void Expand<TSink>(ulong* state, ref TSink sink)
    {
        Load(state);
        foreach (PackedWord f in _steps.Frames)
        {
            Emit(_steps.Pin(f), PageTypesAction.Pin, state, ref sink);
            Emit(_steps.Unpin(f), PageTypesAction.Unpin, state, ref sink);
            if (f.Value < _sizes.Movable) Emit(_steps.Transfer(f), PageTypesAction.Transfer, state, ref sink);
            if (_steps.IsLive(f)) Update(f, state, ref sink);
        }

        foreach (PackedWord d in _steps.Domains)
        {
            Emit(_steps.Flush(d), PageTypesAction.Flush, state, ref sink);
            PackedBit runs = _steps.Runs(d);
            foreach (PackedWord f in _steps.Frames)
            {
                Emit(_steps.SetRoot(d, f), PageTypesAction.SetRoot, state, ref sink);
                if (runs) Emit(_steps.Fill(d, f), PageTypesAction.Fill, state, ref sink);
                if (_steps.CanStore(d, f)) Store(d, f, state, ref sink);
            }
        }
    }

    public override void Check(ulong* state, out ulong violated, out ulong reached)
    {
        Load(state);
        violated = reached = 0;
        foreach (PackedWord f in _invariants.Frames)
        {
            Judge(_invariants.CountIsExact(f), PageTypesProperty.CountIsExact, ref violated, ref reached);
            foreach (PackedWord d in _invariants.Domains)
            {
                Judge(_invariants.NoWritableTable(d, f), PageTypesProperty.NoWritableTable, ref violated, ref reached);
                Judge(_invariants.CachedIsOwned(d, f), PageTypesProperty.CachedIsOwned, ref violated, ref reached);
                Judge(_invariants.RootIsLive(d, f), PageTypesProperty.RootIsLive, ref violated, ref reached);
            }

            foreach (PackedWord slot in _invariants.Slots)
            {
                if (!_invariants.IsObeyed(f, slot)) continue;
                foreach (PackedWord target in _invariants.Frames)
                {
                    Judge(_invariants.EntryIsSound(f, slot, target), PageTypesProperty.EntryIsSound, ref violated, ref reached);
                }
            }
        }
    }

    public override long Canonicalize(ulong* state) => _orbits.Canonicalize(state);

    public override PageTypesView View(ReadOnlySpan<ulong> state)
    {
        state.CopyTo(new Span<ulong>(_cell, Layout<TShape>.Words));
        PackedState<TShape> s = new(_cell);
        return new(
            [.. from f in Enumerable.Range(0, TShape.Frames)
                select new FrameOfView(
                    (int)s.Owner[f].Value,
                    (PageUse)s.Use[f].Value,
                    (int)s.Count[f].Value,
                    s.Pinned[f],
                    [.. from slot in Enumerable.Range(0, TShape.Slots)
                        select new EntryOfView(Single(target => s.Entry[f, slot, target]), s.Writable[f, slot])])],
            [.. from d in Enumerable.Range(0, Layout<TShape>.Domains)
                select new DomainOfView(
                    Single(f => s.Root[d, f]),
                    [.. Enumerable.Range(0, TShape.Frames).Where(f => s.Cached[d, f])])]);
    }

    public override void Dispose()
    {
        if (!_isDisposed) NativeMemory.AlignedFree(_cell);
        _isDisposed = true;
    }

    private static int? Single(Func<int, bool> isIt)
    {
        for (int f = 0; f < TShape.Frames; f++)
        {
            if (isIt(f)) return f;
        }

        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Judge(PageTypeClaim<PackedBit> claim, PageTypesProperty property, ref ulong violated, ref ulong reached)
    {
        reached |= claim.Speaks.Number << (int)property;
        violated |= (!claim.Holds).Number << (int)property;
    }

    /// <summary>Every change of every entry of a live table.</summary>
    private void Update<TSink>(PackedWord table, ulong* state, ref TSink sink) where TSink : struct, ISink, allows ref struct
    {
        foreach (PackedWord slot in _steps.Slots)
        {
            Emit(_steps.Update(table, slot, Mapping<PackedBit, PackedWord>.Absent), PageTypesAction.Update, state, ref sink);
            foreach (PackedWord target in _steps.Frames)
            {
                if (!_steps.IsOfSameOwner(table, target)) continue;
                Emit(_steps.Update(table, slot, Mapping<PackedBit, PackedWord>.To(target, writable: false)), PageTypesAction.Update, state, ref sink);
                Emit(_steps.Update(table, slot, Mapping<PackedBit, PackedWord>.To(target, writable: true)), PageTypesAction.Update, state, ref sink);
            }
        }
    }

    /// <summary>Everything that a guest may write into a frame that its processor caches.</summary>
    private void Store<TSink>(PackedWord d, PackedWord f, ulong* state, ref TSink sink) where TSink : struct, ISink, allows ref struct
    {
        foreach (PackedWord slot in _steps.Slots)
        {
            Emit(_steps.Store(d, f, slot, Mapping<PackedBit, PackedWord>.Absent), PageTypesAction.Store, state, ref sink);
            foreach (PackedWord target in _steps.Frames)
            {
                Emit(_steps.Store(d, f, slot, Mapping<PackedBit, PackedWord>.To(target, writable: false)), PageTypesAction.Store, state, ref sink);
                Emit(_steps.Store(d, f, slot, Mapping<PackedBit, PackedWord>.To(target, writable: true)), PageTypesAction.Store, state, ref sink);
            }
        }
    }

    /// <summary>Passes the cell on if the step happened, and puts the state back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Emit<TSink>(PackedBit happened, PageTypesAction action, ulong* state, ref TSink sink) where TSink : struct, ISink, allows ref struct
    {
        if (!happened) return;

        sink.Add(_cell, (int)action);
        Load(state);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Load(ulong* state)
    {
        for (int word = 0; word < Layout<TShape>.Words; word++) _cell[word] = state[word];
    }
}
