using Model.Domains.Concrete;

namespace Model.Programs;

/// <summary>Where requests can be interrupted, and how they go on: as Xen's, between two entries of a table of level 2 or 3.</summary>
/// <remarks>
/// A chance is offered before each slot but the first that an audit, or its resumption, looks at, and between two slots that are undone or
/// taken down, whether the slots hold anything or not. These are the places at which the hypervisor asks, in the same order.
/// </remarks>
public sealed partial class Program
{
    /// <summary>How far tables were when they were left half-way. Without it they are begun at their ends: only chances are lost by that.</summary>
    private readonly Dictionary<int, Place> _places = [];

    /// <summary>Tables to be taken apart when the element at hand has its answer, the last first (Xen's <c>old_guest_table</c>).</summary>
    private List<int> _left = [];

    /// <summary>Asked at each chance; true interrupts the request there. Null: nobody asks.</summary>
    private Func<bool>? _preempt;

    /// <summary>How far a table is.</summary>
    /// <param name="Slot">the slots below are audited, or still to be undone</param>
    /// <param name="IsHalf">the table that this slot names is itself left half-way, through this entry</param>
    private readonly record struct Place(int Slot, bool IsHalf);

    /// <summary>From here on a request has the program to itself.</summary>
    public void TurnTo(Underway call) => (_left, _preempt, Decided) = (call.Left, call.Preempt, call.Decided);

    private bool IsInterrupted(PageType level) => level is PageType.L2 or PageType.XenL2 or PageType.L3 && _preempt is { } asks && asks();

    /// <summary>Ends an element of a batch: takes apart what it left.</summary>
    /// <param name="refused">its answer, which is kept for later if the taking apart is interrupted</param>
    /// <returns>false: the request is interrupted</returns>
    [Clause("HC-21")]
    private bool End(int v, Underway call, Errno refused)
    {
        bool isDone = refused != Errno.ERESTART && TakeApartLeft(v);
        call.Outcome = isDone || refused == Errno.ERESTART ? null : refused;
        if (!isDone) Granted("HC-21");
        return isDone;
    }

    /// <returns>false: interrupted, with nothing in the vCPU's hands but a general reference to each table that is left</returns>
    private bool TakeApartLeft(int v)
    {
        while (_left.Count > 0)
        {
            if (!TakeApart(v, _left[^1]))
            {
                foreach (int f in _left) LeaveHalfWay(v, f);
                return false;
            }

            _left.RemoveAt(_left.Count - 1);
        }

        return true;
    }

    /// <summary>Take a table apart whose audit was refused or whose last type reference leaves, or go on with that.</summary>
    /// <returns>false: interrupted, and the table left half-way; the vCPU keeps a general reference, which leaves</returns>
    [Clause("PT-24")]
    private bool TakeApart(int v, int f)
    {
        if (!_s.Leaving[v, f]) return Undo(v, f);
        if (!_s.LeavingType[v, f] && _s.Paused[f])
        {
            Must(_step.ResumeDevalidate(v, f), Step.ResumeDevalidate);
            _places.TryAdd(f, new(_universe.Slots, IsHalf: false));
        }
        else if (Try(_step.Forget(v, f), Step.Forget))
        {
            FreeIfUnwanted(f);
            return true;
        }
        else
        {
            Must(_step.BeginDevalidate(v, f), Step.BeginDevalidate);
            _places[f] = new(_universe.Slots, IsHalf: false);
        }

        if (!UndoAll(v, f))
        {
            LeaveHalfWay(v, f);
            return false;
        }

        Must(_step.Devalidate(v, f), Step.Devalidate);
        FreeIfUnwanted(f);
        return true;
    }

    /// <summary>Undo an audit that was refused.</summary>
    private bool Undo(int v, int f)
    {
        if (!UndoAll(v, f))
        {
            LeaveHalfWay(v, f);
            return false;
        }

        Must(_step.Abort(v, f), Step.Abort);
        DropTaken(v, f);
        return true;
    }

    /// <summary>Whatever the vCPU is doing to a table, it stops; a general reference stays with it and leaves.</summary>
    [Clause("PT-23")]
    private void LeaveHalfWay(int v, int f)
    {
        if (!_s.Partial[f] || !(_s.TakenType[v, f] || _s.LeavingType[v, f])) return;

        Must(_step.Pause(v, f), Step.Pause);
        if (_s.Taken[v, f]) Must(_step.Leave(v, f), Step.Leave);
    }

    /// <summary>Undo the audit of a table's entries, last to first, from where it was left.</summary>
    /// <returns>false: interrupted, and where is noted</returns>
    private bool UndoAll(int v, int table)
    {
        Place place = _places[table];
        if (_preempt is null && !place.IsHalf && _s.Audited.Empty(table, null)) return true;

        PageType level = TypeOf(table);
        bool isHalf = place.IsHalf;
        for (int slot = isHalf ? place.Slot : place.Slot - 1; slot >= 0; slot--, isHalf = false)
        {
            if (!UndoSlot(v, table, slot, isHalf))
            {
                _places[table] = new(slot, IsHalf: true);
                return false;
            }

            if (slot > 0 && IsInterrupted(level))
            {
                _places[table] = new(slot, IsHalf: false);
                return false;
            }
        }

        return true;
    }

    /// <param name="isHalf">the table named is to be taken apart through this entry, which is not audited any more, or not yet</param>
    private bool UndoSlot(int v, int table, int slot, bool isHalf)
    {
        int target = TargetOf(table, slot);
        if (isHalf) return UndoHalf(v, target);
        if (!_s.Audited[table, slot]) return true;

        bool leaves = _step.HoldsTable(table, slot, target);
        Must(_step.UndoEntry(v, table, slot, target), Step.UndoEntry);
        if (leaves) return TakeApartBelow(v, target);

        RemoveLdtsLike(target);
        FreeIfUnwanted(target);
        return true;
    }

    private bool UndoHalf(int v, int below)
    {
        if (below < 0 || below >= _universe.Frames) return true;
        if (_s.Partial[below] && _s.TakenType[v, below]) return TakeApartBelow(v, below);
        if (!_s.Paused[below] || _s.Owner[below] != _s.Home[v]) return true;

        Must(_step.Take(v, below), Step.Take);
        Must(_step.Leave(v, below), Step.Leave);
        return TakeApartBelow(v, below);
    }

    /// <summary>A table that is left half-way below another is found again through that, so nothing of it stays in hands.</summary>
    private bool TakeApartBelow(int v, int below)
    {
        if (TakeApart(v, below)) return true;

        Must(_step.Forget(v, below), Step.Forget);
        return false;
    }

    /// <summary>Drop a reference that was taken; the frame may have been given back meanwhile.</summary>
    private void DropTaken(int v, int f)
    {
        Must(_step.Drop(v, f), Step.Drop);
        FreeIfUnwanted(f);
    }
}
