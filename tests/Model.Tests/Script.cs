namespace Model.Tests;

/// <summary>A seeded sequence of requests, stores and walks by two domains with two vCPUs on a tiny machine.</summary>
/// <remarks>
/// Most choices are likely to be valid, some are at the edge, a few are nonsense. The same seed makes the same sequence.
/// </remarks>
internal sealed class Script
{
    public const int Frames = 12, Slots = 4;

    private readonly Random _random;
    private readonly Draws _draw;

    public Script(int seed, Func<MachineShape, MachineShape>? with = null)
    {
        _random = new(seed);
        _draw = new(_random, Slots, Frame);
        MachineShape shape = new(Frames, [Worlds.D1, Worlds.D1, Worlds.D2], Slots) { XenSlots = [Slots - 1] };
        Machine = new(with is null ? shape : with(shape));
        Machine.DeclareFrame(new(0), default, FrameKind.Xen);
        for (ulong f = 1; f < 8; f++) Machine.DeclareFrame(new(f), Worlds.D1);
        for (ulong f = 8; f < 10; f++) Machine.DeclareFrame(new(f), Worlds.D2);
        Machine.DeclareFrame(new(10), Worlds.D1, FrameKind.Shared);
        if (seed % 2 != 0) return;
        if (Machine.Shape.Compat.Contains(Worlds.D1)) BuildCompatTree();
        else BuildTree();
    }

    /// <summary>The first domain is a 32-bit guest, the second is not; the last slot of an L4, and of an L2 below a root's last, is Xen's.</summary>
    public static MachineShape Mixed(MachineShape shape) => shape with { Compat = [Worlds.D1], XenL2Slots = [Slots - 1] };

    public Machine Machine { get; }

    public string Last { get; private set; } = "boot";

    /// <summary>Does the next thing, and says what a request answered.</summary>
    public Answer? Next()
    {
        switch (_random.Next(16))
        {
            case 0 or 1:
                return Load();

            case 2:
                return Walk();

            case 3:
                return Store();

            default:
                Request request = Request();
                Answer answer = Machine.Perform(request);
                Last = $"{request.Caller} {request.Describe()} = {answer}";
                return answer;
        }
    }

    /// <summary>Begins a request, and whenever it is interrupted has another vCPU make one in its middle.</summary>
    /// <param name="atPause">told of each interruption, before anybody else does anything</param>
    public Answer NextRace(Action? atPause = null, VcpuId[]? busy = null)
    {
        Request request = Request();
        if (busy is not null && busy.Contains(request.Caller)) return Answer.Success;

        int chance = 0, stop = _random.Next(6);
        string name = $"{request.Caller} {request.Describe()}";
        Underway call = Machine.Begin(request, () => chance++ == stop || (chance > stop && _random.Next(4) == 0));
        while (call.Answer is null)
        {
            Last = $"{name} is interrupted";
            atPause?.Invoke();
            NextRace(atPause, [.. busy ?? [], request.Caller]);
            Machine.Continue(call);
        }

        Last = $"{name} = {call.Answer}";
        return call.Answer.Value;
    }

    /// <summary>Four tables over one data frame, loaded by vCPU 0, and a second root; left to chance it hardly ever comes about.</summary>
    private void BuildTree()
    {
        for (ulong f = 1; f < 5; f++) Machine.Load(new(f), 0, Worlds.Rw(f + 1));
        Machine.Load(new(4), 1, Worlds.Ro(4));
        Machine.Pin(Worlds.V0, 1, 4);
        Machine.Ext(Worlds.V0, ExtCommand.NewBase, 1);
        Machine.Pin(Worlds.V0, 6, 4);
    }

    /// <summary>A 32-bit root of three tables over one data frame, loaded by vCPU 0.</summary>
    private void BuildCompatTree()
    {
        Machine.Load(new(1), 0, Worlds.Rw(2));
        Machine.Load(new(1), MachineShape.LastOfFour, Worlds.Rw(3));
        Machine.Load(new(2), 0, Worlds.Rw(4));
        Machine.Load(new(4), 0, Worlds.Rw(5));
        Machine.Load(new(6), MachineShape.LastOfFour, Worlds.Ro(3));
        Machine.Pin(Worlds.V0, 1, 3);
        Machine.Ext(Worlds.V0, ExtCommand.NewBase, 1);
    }

    private Answer? Load()
    {
        (Mfn frame, int slot, Entry entry) = (Frame(), _draw.Slot(), _draw.Entry());
        bool loaded = Machine.Load(frame, slot, entry);
        Last = $"load {frame}[{slot}] := {entry}: {loaded}";
        return null;
    }

    private Answer? Store()
    {
        (VcpuId v, Mfn frame, int slot, Entry entry) = (_draw.Vcpu(), Frame(), _draw.Slot(), _draw.Entry());
        bool stored = Machine.Store(v, frame, slot, entry);
        Last = $"{v} stores {frame}[{slot}] := {entry}: {stored}";
        return null;
    }

    /// <summary>Walks from the loaded root along entries that are there, wherever that leads.</summary>
    private Answer? Walk()
    {
        VcpuId v = _draw.Vcpu();
        int levels = Machine.Shape.Compat.Contains(Machine.Shape.Vcpus[v.Value]) ? 3 : 4;
        if (_draw.Walk(Machine, Machine.KernelBase(v) ?? Frame(), levels, out Mfn at, out bool write) is not { } path) return null;

        if (_random.Next(8) == 0) write = !write;
        bool filled = Machine.Touch(v, path, at, write);
        Last = $"{v} walks {string.Join(" ", path)} to {at} {(write ? "for a write" : "")}: {filled}";
        return null;
    }

    private Request Request() => _random.Next(24) switch
    {
        < 8 => new MmuUpdate(_draw.Vcpu(), [.. Enumerable.Range(0, 1 + _random.Next(2)).Select(_ => new Update(_draw.Kind(), Frame(), _draw.Slot(), _draw.Entry()))], _draw.Foreign()),
        < 17 => new MmuExtOp(_draw.Vcpu(), [new(_draw.Command(), Frame(), Frame(), [new(_random.Next(4))])], _draw.Foreign()),
        17 => new UpdateVaMapping(_draw.Vcpu(), Frame(), _draw.Slot(), _draw.Entry(), (FlushKind)_random.Next(3), []),
        18 => new EmulatedEntryUpdate(_draw.Vcpu(), Frame(), _draw.Slot(), _draw.Entry()),
        19 => _draw.Gdt(),
        20 => new UpdateDescriptor(_draw.Vcpu(), Frame(), _draw.Slot(), _random.Next(8) > 0, _random.Next(4) > 0, _draw.Entry()),
        21 => new DecreaseReservation(_draw.Vcpu(), [Frame()]),
        22 => _random.Next(2) == 0 ? new PopulatePhysmap(_draw.Vcpu(), [Frame()]) : new IncreaseReservation(_draw.Vcpu(), [Frame(), Frame()]),
        _ => _random.Next(3) == 0 ? new RegisterVcpuInfo(_draw.Vcpu(), Frame()) : new SwitchMode(_draw.Vcpu(), _random.Next(2) == 0),
    };

    private Mfn Frame() => _random.Next(40) == 0 ? new((ulong)_random.Next(Frames)) : new((ulong)_random.Next(1, 10));
}
