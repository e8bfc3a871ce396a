using System.Runtime.InteropServices;
using Model.Domains.Concrete;
using Model.Programs;
using Program = Model.Programs.Program;

namespace Model;

/// <summary>What a frame is at boot, before the first request.</summary>
public enum FrameKind
{
    /// <summary>Memory that the domain owns.</summary>
    Owned,

    /// <summary>A page of Xen's heap that Xen shares with the domain: shared_info, grant table.</summary>
    Shared,

    /// <summary>Xen's own; the owner given is ignored.</summary>
    Xen,
}

/// <summary>The model read concretely, at the size of a real machine. What the watch runs beside a guest.</summary>
/// <remarks>
/// Not for several threads. Methods that a guest's data reach answer; they throw only for an error of our own, such as a
/// frame beyond the shape in an argument that no guest chooses.
/// </remarks>
public sealed partial class Machine
{
    private readonly Universe _universe;
    private readonly Footprint _footprint;
    private readonly ConcreteState _s;
    private readonly ConcreteSteps _step;
    private readonly Program _program;
    private readonly Underway _whole = new(new NonMemory(default, ""), null);

    public Machine(MachineShape shape)
        : this(shape, state: null)
    {
        for (int v = 0; v < shape.Vcpus.Count; v++)
        {
            _s.Home.Assign(true, v, (int)shape.Vcpus[v].Value);
            _s.InKernel.Assign(true, true, v);
        }

        foreach (Domid domain in shape.Compat) _s.Compat.Assign(true, true, domain.Value);
        foreach (int slot in shape.XenSlots) _s.XenSlot.Assign(true, true, slot);
        foreach (int slot in shape.XenL2Slots) _s.XenL2Slot.Assign(true, true, slot);
        foreach (int slot in shape.SpareSlots) _s.SpareSlot.Assign(true, true, slot);
        if (shape.Slots > shape.FixedSlot) _s.FixedSlot.Assign(true, true, shape.FixedSlot);
        ClearTouched();
    }

    private Machine(MachineShape shape, ConcreteState? state)
    {
        Shape = shape;
        _universe = shape.Universe;
        _footprint = new(shape.Frames, isTold: state is null);
        _s = state ?? _universe.Blank(_footprint);
        _step = shape.Steps?.Invoke(_s) ?? new(_s);
        _program = new(_universe, _s, _step);
        LoadInvariants();
    }

    /// <summary>How large the machine is.</summary>
    public MachineShape Shape { get; }

    /// <summary>The state that the steps change, for tests that look inside.</summary>
    internal ConcreteState State => _s;

    /// <summary>The steps, for tests that take them one by one.</summary>
    internal ConcreteSteps Steps => _step;

    /// <summary>Is told each micro-step that a request takes.</summary>
    public Action<Step>? StepTaken { set => _program.StepTaken = value; }

    /// <summary>The frames that changed since <see cref="ClearTouched"/>, each once.</summary>
    public ReadOnlySpan<Mfn> Touched => CollectionsMarshal.AsSpan(_footprint.Frames);

    /// <summary>The slots that changed since <see cref="ClearTouched"/>.</summary>
    public ReadOnlySpan<(int Table, int Slot)> TouchedSlots => CollectionsMarshal.AsSpan(_footprint.Slots);

    /// <summary>From here on nothing has been touched.</summary>
    public void ClearTouched() => _footprint.Clear();

    /// <summary>Boot: a free frame gets its first owner. Frames never declared are free.</summary>
    public void DeclareFrame(Mfn frame, Domid owner, FrameKind kind = FrameKind.Owned)
    {
        int f = Index(frame);
        switch (kind)
        {
            case FrameKind.Owned:
                Must(_step.Allocate(f, (int)owner.Value), frame, kind);
                break;

            case FrameKind.Xen:
                _s.Owner.Assign(true, f, (int)Domid.Xen.Value);
                break;

            case FrameKind.Shared:
                _s.Owner.Assign(true, f, (int)Domid.Xen.Value);
                Must(_step.Share(f, (int)owner.Value), frame, kind);
                break;
        }
    }

    /// <summary>The clause that decided the last answer of <see cref="Perform"/>, such as "HC-3.b"; null if it was no refusal.</summary>
    public string? Decided { get; private set; }

    /// <summary>The conditions that decided, the clauses carried out and the micro-steps taken since <see cref="ClearFired"/>.</summary>
    public GuardSet Fired => _program.Fired;

    /// <summary>From here on no guard has fired.</summary>
    public void ClearFired() => _program.ClearFired();

    /// <summary>Performs one request as Xen does, and answers what Xen answers.</summary>
    public Answer Perform(Request request)
    {
        Continue(_whole.For(request));
        return _whole.Answer ?? throw new InvalidOperationException($"{request.Describe()} stopped though nobody asked it to");
    }

    /// <summary>Begins a request, and performs it up to the first chance at which it is interrupted, or to its end.</summary>
    /// <param name="preempt">
    /// asked at each chance, in the hypervisor's order (HC-21); true interrupts the request there, and others may be performed before
    /// <see cref="Continue"/>
    /// </param>
    public Underway Begin(Request request, Func<bool>? preempt)
    {
        Underway call = new(request, preempt);
        Continue(call);
        return call;
    }

    /// <summary>Performs a request that has been interrupted up to the next such chance, or to its end.</summary>
    public void Continue(Underway call)
    {
        if (call.Answer is not null) throw new ArgumentException("the request has been answered", nameof(call));
        _program.TurnTo(call);
        call.Answer = Carry(call);
        call.Decided = _program.Decided;
        Decided = call.Answer is { IsSuccess: false } ? call.Decided : null;
    }

    /// <remarks>Only a kernel asks: in user mode the same instruction is the guest's own system call.</remarks>
    [Clause("HC-1"), Clause("HC-21")]
    private Answer? Carry(Underway call) => call.Request switch
    {
        not (SwitchMode or NonMemory or MapLdtPage) when !_s.InKernel[call.Request.Caller.Value] => Answer.Refused(_program.Because("HC-1.e", Errno.EPERM)),
        MmuUpdate r => _program.Perform(r, call),
        MmuExtOp r => _program.Perform(r, call),
        UpdateVaMapping r => _program.Perform(r),
        EmulatedEntryUpdate r => _program.Perform(r),
        SetGdt r => _program.Perform(r),
        UpdateDescriptor r => _program.Perform(r),
        DecreaseReservation r => _program.Perform(r),
        IncreaseReservation r => _program.Perform(r),
        PopulatePhysmap r => _program.Perform(r),
        RegisterVcpuInfo r => _program.Perform(r),
        InitialiseVcpu r => _program.Perform(r),
        MapLdtPage r => _program.Perform(r),
        SwitchMode r => Switch(r),
        NonMemory => _program.Success("HC-19"),
        _ => throw new ArgumentException($"the model has no {call.Request.GetType().Name}", nameof(call)),
    };

    /// <summary>A guest wrote a slot of a frame through a writable translation that its vCPU has cached.</summary>
    /// <returns>false, and nothing changed, if the model knows of no such translation</returns>
    [Clause("TLB-5")]
    public bool Store(VcpuId v, Mfn frame, int slot, Entry e) =>
        _program.Noted(_step.Store(v.Value, Index(frame), slot, Contents.Of(e)), Step.Store);

    /// <summary>Memory that is no live table holds this: the builder or Xen wrote it, or the watch read what a guest wrote.</summary>
    /// <returns>false, and nothing changed, if the frame is a live table</returns>
    [Clause("PT-20")]
    public bool Load(Mfn frame, int slot, Entry e)
    {
        int f = Index(frame);
        return EntryOf(frame, slot) == e || _program.Noted(_step.Load(f, slot, Contents.Of(e)), Step.Load);
    }

    /// <summary>A processor walked four levels and cached a translation.</summary>
    /// <param name="path">the table and the slot at each level, the root first: four of them, and three for a 32-bit guest</param>
    /// <param name="leaf">the frame reached</param>
    /// <param name="write">the translation may be written through</param>
    /// <returns>false, and nothing changed, if the model does not allow the walk</returns>
    [Clause("TLB-1")]
    public bool Touch(VcpuId v, ReadOnlySpan<(Mfn Table, int Slot)> path, Mfn leaf, bool write) => path switch
    {
        [var p3, var p2, var p1] when IsCompat(v) => Touch(v, [(p3.Table, 0), p3, p2, p1], leaf, write),
        [var p4, var p3, var p2, var p1] => _program.Noted(
            _step.Fill(
                v.Value,
                Index(p4.Table), p4.Slot,
                Index(p3.Table), p3.Slot,
                Index(p2.Table), p2.Slot,
                Index(p1.Table), p1.Slot,
                Index(leaf), write),
            Step.Fill),
        _ => throw new ArgumentException("a walk has four levels, or three", nameof(path)),
    };

    /// <summary>A processor's walk ended at a superpage entry of the third level.</summary>
    /// <param name="path">the table and the slot at each of three levels, the root first; for a 32-bit guest of two</param>
    /// <param name="named">the frame that the superpage entry names</param>
    /// <param name="leaf">the frame reached within the superpage</param>
    [Clause("TLB-2")]
    public bool TouchSuperpage(VcpuId v, ReadOnlySpan<(Mfn Table, int Slot)> path, Mfn named, Mfn leaf, bool write) => path switch
    {
        [var p3, var p2] when IsCompat(v) => TouchSuperpage(v, [(p3.Table, 0), p3, p2], named, leaf, write),
        [var p4, var p3, var p2] => _program.Noted(
            _step.FillSuperpage(
                v.Value,
                Index(p4.Table), p4.Slot,
                Index(p3.Table), p3.Slot,
                Index(p2.Table), p2.Slot,
                Index(named), Index(leaf), write),
            Step.FillSuperpage),
        _ => throw new ArgumentException("a walk to a superpage has three levels, or two", nameof(path)),
    };

    /// <summary>A vCPU may hold a translation to a frame.</summary>
    public bool IsCached(VcpuId v, Mfn frame, bool writable) =>
        writable ? _s.CachedWrite[v.Value, Index(frame)] : _s.CachedRead[v.Value, Index(frame)];

    /// <summary>The root that a vCPU uses in its kernel, or null.</summary>
    public Mfn? KernelBase(VcpuId v) => Single(_s.KernelBase, v);

    /// <summary>The root that a vCPU uses in user mode, or null.</summary>
    public Mfn? UserBase(VcpuId v) => Single(_s.UserBase, v);

    /// <summary>Whether a vCPU runs its domain's kernel.</summary>
    public bool IsInKernel(VcpuId v) => _s.InKernel[v.Value];

    /// <summary>Whether the frame number is one of this machine.</summary>
    public bool Exists(Mfn frame) => frame.Value < (ulong)_universe.Frames;

    /// <summary>What the model knows of a frame.</summary>
    public FrameView View(Mfn frame)
    {
        int f = Index(frame);
        return new(
            frame,
            new((ushort)_s.Owner[f].Value),
            (PageType)_s.Type[f].Value,
            _s.TypeCount[f].Value,
            _s.RefCount[f].Value,
            _s.Allocated[f],
            _s.Shared[f],
            _s.Pinned[f],
            _s.Valid[f],
            _s.Partial[f],
            _s.Audited.Count(f, null).Value,
            _s.Linear.Count(f, null, null).Value,
            _s.Linear.Count(null, null, f).Value);
    }

    /// <summary>What a slot of a frame says, read as an entry.</summary>
    public Entry EntryOf(Mfn table, int slot)
    {
        int f = Index(table);
        int target = ((TargetsBySlot)_s.Entry.Store).TargetOf(f, slot);
        return target == Domains.Concrete.Store.Any ? default : Contents.ToEntry(_step.Read(f, slot, target));
    }

    /// <summary>The first slot of a frame, from one on, that is not empty; the number of slots if all of them are.</summary>
    public int NextFilled(Mfn table, int slot) => Targets(_s.Entry).NextFrom(Index(table), slot);

    private Answer Switch(SwitchMode r)
    {
        bool moved = _s.InKernel[r.Caller.Value] == r.ToKernel
            || (r.ToKernel
                ? _program.Noted(_step.EnterKernel(r.Caller.Value), Step.EnterKernel)
                : _program.Noted(_step.EnterUser(r.Caller.Value), Step.EnterUser));
        return moved ? Answer.Success : Answer.Refused(Errno.EINVAL);
    }

    private bool IsCompat(VcpuId v) => _s.Compat[_s.Home[v.Value]];

    private static Mfn? Single(Facts relation, VcpuId v) =>
        ((FramesByVcpu)relation.Store).Single(v.Value) is var f and not Domains.Concrete.Store.Any ? new Mfn((ulong)f) : null;

    private int Index(Mfn frame) =>
        Exists(frame) ? (int)frame.Value : throw new ArgumentOutOfRangeException(nameof(frame), frame, "beyond the machine");

    private static void Must(Truth declared, Mfn frame, FrameKind kind)
    {
        if (!declared) throw new ArgumentException($"{frame} cannot be declared {kind}: it is not free", nameof(frame));
    }
}
