using Model.Domains.Concrete;

namespace Model.Programs;

/// <summary>What hypercalls have in common: getting and putting typed references, one micro-step after the other.</summary>
/// <remarks>
/// A program decides which step comes next and what to answer; every change is a step's. A step that a program has made
/// sure of and that refuses all the same is our own error, and throws.
/// </remarks>
[Clause("D-4")]
public sealed partial class Program
{
    private readonly ConcreteState _s;
    private readonly ConcreteSteps _step;
    private readonly Universe _universe;

    /// <param name="universe">how large the machine is</param>
    /// <param name="state">what the steps change</param>
    /// <param name="steps">the steps, or a faulty re-making of them</param>
    public Program(Universe universe, ConcreteState state, ConcreteSteps steps)
    {
        _universe = universe;
        _s = state;
        _step = steps;
    }

    /// <summary>Is told each step that was taken; for tests and transcripts.</summary>
    public Action<Step>? StepTaken { get; set; }

    private static TargetsBySlot Targets(Facts relation) => (TargetsBySlot)relation.Store;

    private static FramesByVcpu Frames(Facts relation) => (FramesByVcpu)relation.Store;

    private static PageType LevelBelow(PageType level) => level switch
    {
        PageType.L4 => PageType.L3,
        PageType.L3 => PageType.L2,
        PageType.L2 or PageType.XenL2 => PageType.L1,
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "a leaf table has no tables below it"),
    };

    private static bool IsUpper(PageType type) => type is PageType.L2 or PageType.L3 or PageType.L4 or PageType.XenL2;

    private static bool IsTable(PageType type) => type == PageType.L1 || IsUpper(type);

    /// <summary>The frame exists, and its number is a word.</summary>
    private bool Exists(Mfn frame) => frame.Value < (ulong)_universe.Frames;

    private PageType TypeOf(int f) => (PageType)_s.Type[f].Value;

    /// <summary>The frame is a page table that is established and therefore held.</summary>
    private bool IsLiveTable(int f) => IsTable(TypeOf(f)) && _s.Valid[f];

    private bool IsCompat(int v) => _s.Compat[_s.Home[v]];

    /// <summary>The slot is Xen's, or nobody's, in a table of a domain's; or a 32-bit root's that never changes.</summary>
    private bool IsXens(int table, PageType level, int slot) => level switch
    {
        PageType.L4 => _s.XenSlot[slot],
        PageType.XenL2 => _s.XenL2Slot[slot],
        PageType.L3 => _s.Compat[_s.Owner[table]] && _s.SpareSlot[slot],
        _ => false,
    };

    /// <summary>The slot is the one of a 32-bit root that must name a table with Xen's slots, and never changes.</summary>
    private bool IsFixed(int table, PageType level, int slot) => level == PageType.L3 && _s.FixedSlot[slot] && _s.Compat[_s.Owner[table]];

    private int TargetOf(int table, int slot) => Targets(_s.Entry).TargetOf(table, slot);

    /// <summary>Takes a step that cannot be refused here.</summary>
    private void Must(Truth taken, Step step)
    {
        if (!taken) throw new InvalidOperationException($"{step} was refused where the program had made sure of it");
        Fire(step);
    }

    /// <summary>Tries a step.</summary>
    private bool Try(Truth taken, Step step)
    {
        if (taken) Fire(step);
        return taken;
    }

    /// <summary>Take a reference to a frame of the caller's, and hold it in a type, establishing it there if need be.</summary>
    /// <returns>on success the caller has the frame taken; otherwise nothing has changed</returns>
    private Errno Get(int v, int f, PageType type, bool lawful = true)
    {
        if (!Try(_step.Take(v, f), Step.Take)) return Errno.EINVAL;

        Errno refused = Establish(v, f, type, lawful);
        if (refused != Errno.None && !_left.Contains(f)) DropTaken(v, f);
        return refused;
    }

    /// <summary>Hold a frame that is taken in a type, establishing it there if nobody holds it, or going on with that.</summary>
    /// <returns>None; ERESTART: the frame is left half-way; else a table of which slots were audited is left to be taken apart</returns>
    [Clause("HC-4"), Clause("D-14")]
    private Errno Establish(int v, int f, PageType type, bool lawful = true)
    {
        if (Try(_step.TakeType(v, f, (int)type), Step.TakeType)) return Errno.None;

        Place from = default;
        if (_s.Paused[f] && TypeOf(f) == type)
        {
            Must(_step.Resume(v, f), Step.Resume);
            from = _places.GetValueOrDefault(f);
        }
        else if (!Try(_step.Begin(v, f, (int)type), Step.Begin))
        {
            return Errno.EINVAL;
        }

        if (_s.Stale[f])
        {
            FlushDomain(_s.Home[v].Value);
            Must(_step.Settle(v, f), Step.Settle);
        }

        if (type != PageType.Writable) _places[f] = new(_universe.Slots, IsHalf: false);
        if (type == PageType.L3 && IsCompat(v)) ClaimXenSlots(v, f, type);
        Errno refused = IsTable(type) ? AuditAll(v, f, type, from) : Errno.None;
        if (refused == Errno.ERESTART)
        {
            Must(_step.Pause(v, f), Step.Pause);
            return refused;
        }

        if (refused == Errno.None && type is PageType.L4 or PageType.XenL2) ClaimXenSlots(v, f, type);
        if (refused == Errno.None && Try(_step.Finish(v, f, lawful), Step.Finish)) return Granted("HC-4");

        if (IsUpper(type) && _places[f].Slot > 0)
        {
            _left.Add(f);
        }
        else
        {
            UndoAll(v, f);
            Must(_step.Abort(v, f), Step.Abort);
        }

        return refused == Errno.None ? Errno.EINVAL : refused;
    }

    /// <summary>Audit the present entries of a table in the order of their slots; stop at the first that is refused, and note which.</summary>
    private Errno AuditAll(int v, int table, PageType level, Place from)
    {
        for (int slot = from.Slot; slot < _universe.Slots; slot++)
        {
            if (slot > from.Slot && IsInterrupted(level))
            {
                _places[table] = new(slot, IsHalf: false);
                return Errno.ERESTART;
            }

            int target = TargetOf(table, slot);
            bool isFixed = IsFixed(table, level, slot);
            if (isFixed && _s.Audited[table, slot]) break;
            if (!isFixed && (target == Store.Any || IsXens(table, level, slot) || _s.Audited[table, slot])) continue;

            Errno refused = isFixed ? AuditFixed(v, table, slot, target)
                : level == PageType.L1 ? AuditLeaf(v, table, slot, target)
                : AuditUpper(v, table, slot, target, LevelBelow(level));
            if (refused == Errno.None && isFixed) break;
            if (refused == Errno.None) continue;

            bool isHeld = from.IsHalf && slot == from.Slot;
            bool isHalf = refused == Errno.ERESTART || (slot > 0 && IsUpper(level) && (_left.Remove(target) || isHeld));
            _places[table] = new(slot, isHalf);
            return refused;
        }

        return Errno.None;
    }

    /// <summary>Take Xen's slots of a table whose audit succeeded, or those that a 32-bit root does not have before its audit.</summary>
    [Clause("PT-14"), Clause("D-13")]
    private void ClaimXenSlots(int v, int table, PageType level)
    {
        for (int slot = 0; slot < _universe.Slots; slot++)
        {
            bool holds = IsXens(table, level, slot) && TargetOf(table, slot) != Store.Any;
            if (holds) Must(_step.ClaimXenSlot(v, table, slot), Step.ClaimXenSlot);
        }
    }

    private Errno AuditLeaf(int v, int table, int slot, int target)
    {
        var entry = _step.Read(table, slot, target);
        Errno refused = Prepare(v, table, entry, out bool taken);
        if (refused != Errno.None) return refused;

        bool audited = Try(_step.AuditLeaf(v, table, slot, target), Step.AuditLeaf);
        if (taken) Return(v, target);
        return audited ? Errno.None : Errno.EINVAL;
    }

    /// <summary>Make sure that a leaf entry's target is of the caller's, and established as data if the entry is writable.</summary>
    /// <param name="taken">the caller holds the target and returns it when the entry does</param>
    [Clause("HC-3")]
    private Errno Prepare(int v, int table, in ConcreteContent entry, out bool taken)
    {
        taken = false;
        if (!_step.HasLawfulBits(table, entry)) return Because("HC-3.a", Errno.EINVAL);
        int target = entry.Target.Value;
        if (target >= _universe.Frames) return Because("HC-3.b", target == Contents.AllOnes ? Errno.EINVAL : Errno.EPERM);
        if (!_step.MayReach(table, target)) return Because("HC-3.c", Errno.EBUSY);
        if (!entry.Writable || _step.Admits(table, 0, entry)) return Errno.None;

        taken = Get(v, target, PageType.Writable) == Errno.None;
        return taken ? Errno.None : Because("HC-3.d", Errno.EBUSY);
    }

    /// <summary>The last entry of a 32-bit root must be there, and name a table that Xen's slots are put into for this root alone.</summary>
    [Clause("HC-4"), Clause("D-17")]
    private Errno AuditFixed(int v, int table, int slot, int target) =>
        target == Store.Any ? Because("HC-4.d", Errno.EINVAL) : AuditUpper(v, table, slot, target, PageType.XenL2);

    /// <param name="below">the type that the table named is to have</param>
    private Errno AuditUpper(int v, int table, int slot, int target, PageType below)
    {
        var entry = _step.Read(table, slot, target);
        if (!_step.HasLawfulBits(table, entry)) return Because("HC-4.a", Errno.EINVAL);
        if (target >= _universe.Frames) return Because("HC-4.c", Errno.EINVAL);

        Errno refused = Get(v, target, below);
        if (refused == Errno.None)
        {
            bool linked = Try(_step.AuditUpper(v, table, slot, target), Step.AuditUpper);
            Return(v, target);
            return linked ? Errno.None : Because("HC-4.e", Errno.EINVAL);
        }

        if (refused != Errno.EINVAL) return Through("HC-4.b", refused);

        return Try(_step.AuditOwnLinear(v, table, slot), Step.AuditOwnLinear)
            || Try(_step.AuditSiblingLinear(v, table, slot, target), Step.AuditSiblingLinear)
            ? AllTheSame()
            : Because("HC-4.c", Errno.EINVAL);
    }

    /// <summary>Return what the caller took: drop it, or take the table down if it was the last to hold it.</summary>
    private void Return(int v, int f)
    {
        Must(_step.Leave(v, f), Step.Leave);
        Put(v, f);
    }

    /// <summary>Drop a reference that left its place, and the frame if nobody wants it; a table whose last it was is left to be taken apart.</summary>
    [Clause("PT-9")]
    private void Put(int v, int f)
    {
        if (Try(_step.Forget(v, f), Step.Forget)) FreeIfUnwanted(f);
        else _left.Add(f);
    }

    /// <summary>Be done with what an entry held: a table that left with the caller, or data that was dropped.</summary>
    private void LetGo(int v, int target, bool leaves)
    {
        if (leaves)
        {
            Put(v, target);
            return;
        }

        RemoveLdtsLike(target);
        FreeIfUnwanted(target);
    }

    /// <summary>A frame that its owner gave back goes with its last reference.</summary>
    [Clause("FR-4")]
    private void FreeIfUnwanted(int f)
    {
        if (_s.RefCount[f].Value != 0 || _s.Owner[f].Value == Domid.Nobody.Value || _s.Owner[f].Value == Domid.Xen.Value) return;

        if (!_step.MayForget(f)) FlushDomain(_s.Owner[f].Value);
        Must(_step.Free(f), Step.Free);
    }

    /// <summary>Flush the processors of every vCPU of a domain.</summary>
    [Clause("TLB-3")]
    private void FlushDomain(int domain)
    {
        for (int v = 0; v < _universe.Vcpus; v++)
        {
            if (_s.Home[v].Value == domain) Must(_step.Flush(v), Step.Flush);
        }
    }

    /// <summary>The argument "foreigndom" names the caller's own domain.</summary>
    [Clause("HC-1"), Clause("D-9")]
    private Errno CheckForeign(int v, uint foreign)
    {
        ushort target = (ushort)foreign;
        uint tables = foreign >> 16;
        bool areOwn = tables == 0 || tables - 1 == (uint)_s.Home[v].Value;
        if (!areOwn && !IsDomain((int)(tables - 1))) return Because("HC-1.a", Errno.ESRCH);
        if (target == Domid.Self.Value) return areOwn ? Granted("HC-1") : Because("HC-1.a", Errno.EPERM);
        if (target == _s.Home[v].Value) return Because("HC-1.b", Errno.ESRCH);
        if (target == Domid.Io.Value || target == Domid.Xen.Value || IsDomain(target)) return Because("HC-1.c", Errno.EPERM);
        return Because("HC-1.d", Errno.ESRCH);
    }

    private bool IsDomain(int domain)
    {
        for (int v = 0; v < _universe.Vcpus; v++)
        {
            if (_s.Home[v].Value == domain) return true;
        }

        return domain == 0;
    }
}
