namespace Microsoft.Z3;

/// <summary>
/// The references held on native objects of one context. All are dropped before the context is deleted: Z3 frees what is still
/// referred to level by level, which takes time quadratic in the depth of the terms.
/// </summary>
internal sealed class References
{
    private const int None = -1;

    private readonly Lock _gate = new();
    private Slot[] _slots = new Slot[64];
    private int _used;
    private int _firstFree = None;
    private List<int> _abandoned = [];
    private List<int> _toDrop = [];
    private volatile bool _anyAbandoned;
    private bool _closed;

    /// <summary>Takes a reference.</summary>
    /// <returns>the slot to drop it by</returns>
    internal int Take(ContextHandle context, Counted family, nint handle)
    {
        family.Take(context, handle);

        int slot = _firstFree;
        if (slot != None) _firstFree = _slots[slot].NextFree;
        else slot = _used++;
        if (slot == _slots.Length) Array.Resize(ref _slots, 2 * slot);
        _slots[slot] = new(handle, family, None);
        return slot;
    }

    internal void Drop(nint context, int slot)
    {
        Slot dropped = _slots[slot];
        _slots[slot] = new(0, Counted.Never, _firstFree);
        _firstFree = slot;
        dropped.Family.Drop(context, dropped.Handle);
    }

    /// <summary>
    /// Leaves a reference to be dropped. Finalizers do so, because only the thread that uses a context may call it: there the
    /// next operation drops what was left.
    /// </summary>
    internal void Abandon(int slot)
    {
        lock (_gate)
        {
            if (_closed) return;
            _abandoned.Add(slot);
            _anyAbandoned = true;
        }
    }

    internal void DropAbandoned(nint context)
    {
        if (!_anyAbandoned) return;

        lock (_gate)
        {
            (_abandoned, _toDrop) = (_toDrop, _abandoned);
            _anyAbandoned = false;
        }
        foreach (int slot in _toDrop) Drop(context, slot);
        _toDrop.Clear();
    }

    /// <summary>Drops every reference; from now on finalizers leave none.</summary>
    internal void Close(nint context)
    {
        lock (_gate) _closed = true;
        foreach (Slot slot in _slots.AsSpan(0, _used)) slot.Family.Drop(context, slot.Handle);
        _slots = [];
    }

    /// <param name="Handle">the native object, or 0 if the slot is free</param>
    /// <param name="Family">how its references are counted</param>
    /// <param name="NextFree">of a free slot, the next one</param>
    private readonly record struct Slot(nint Handle, Counted Family, int NextFree);
}
