namespace Model.Tests;

/// <summary>A seeded sequence of requests, stores and walks by two domains with two vCPUs on a tiny machine.</summary>
/// <remarks>
/// Most choices are likely to be valid, some are at the edge, a few are nonsense. The same seed makes the same sequence.
/// </remarks>
internal sealed class Script
{
    public const int Frames = 12, Slots = 4;

    private readonly Random _random;

    public Script(int seed, Func<MachineShape, MachineShape>? with = null)
    {
        _random = new(seed);
        MachineShape shape = new(Frames, [Worlds.D1, Worlds.D1, Worlds.D2], Slots) { XenSlots = [Slots - 1] };
        Machine = new(with is null ? shape : with(shape));
        Machine.DeclareFrame(new(0), default, FrameKind.Xen);
        for (ulong f = 1; f < 8; f++) Machine.DeclareFrame(new(f), Worlds.D1);
        for (ulong f = 8; f < 10; f++) Machine.DeclareFrame(new(f), Worlds.D2);
        Machine.DeclareFrame(new(10), Worlds.D1, FrameKind.Shared);
        if (seed % 2 == 0) BuildTree();
    }

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

    private Answer? Load()
    {
        (Mfn frame, int slot, Entry entry) = (Frame(), Slot(), Entry());
        bool loaded = Machine.Load(frame, slot, entry);
        Last = $"load {frame}[{slot}] := {entry}: {loaded}";
        return null;
    }

    private Answer? Store()
    {
        (VcpuId v, Mfn frame, int slot, Entry entry) = (Vcpu(), Frame(), Slot(), Entry());
        bool stored = Machine.Store(v, frame, slot, entry);
        Last = $"{v} stores {frame}[{slot}] := {entry}: {stored}";
        return null;
    }

    /// <summary>Walks from the loaded root along entries that are there, wherever that leads.</summary>
    private Answer? Walk()
    {
        VcpuId v = Vcpu();
        (Mfn, int)[] path = new (Mfn, int)[4];
        Mfn at = Machine.KernelBase(v) ?? Frame();
        bool write = true;
        for (int level = 0; level < 4; level++)
        {
            int slot = Slot();
            for (int tries = 0; tries < Slots && !Machine.EntryOf(at, slot).IsPresent; tries++) slot = (slot + 1) % Slots;
            path[level] = (at, slot);
            Entry entry = Machine.EntryOf(at, slot);
            write &= entry.IsWritable;
            if (!Machine.Exists(entry.Target)) return null;
            at = entry.Target;
        }

        if (_random.Next(8) == 0) write = !write;
        bool filled = Machine.Touch(v, path, at, write);
        Last = $"{v} walks {string.Join(" ", path)} to {at} {(write ? "for a write" : "")}: {filled}";
        return null;
    }

    private Request Request() => _random.Next(24) switch
    {
        < 8 => new MmuUpdate(Vcpu(), [.. Enumerable.Range(0, 1 + _random.Next(2)).Select(_ => new Update(Kind(), Frame(), Slot(), Entry()))], Foreign()),
        < 17 => new MmuExtOp(Vcpu(), [new(Command(), Frame(), Frame(), [new(_random.Next(4))])], Foreign()),
        17 => new UpdateVaMapping(Vcpu(), Frame(), Slot(), Entry(), (FlushKind)_random.Next(3), []),
        18 => new EmulatedEntryUpdate(Vcpu(), Frame(), Slot(), Entry()),
        19 => Gdt(),
        20 => new UpdateDescriptor(Vcpu(), Frame(), Slot(), _random.Next(8) > 0, _random.Next(4) > 0, Entry()),
        21 => new DecreaseReservation(Vcpu(), [Frame()]),
        22 => _random.Next(2) == 0 ? new PopulatePhysmap(Vcpu(), [Frame()]) : new IncreaseReservation(Vcpu(), [Frame(), Frame()]),
        _ => _random.Next(3) == 0 ? new RegisterVcpuInfo(Vcpu(), Frame()) : new SwitchMode(Vcpu(), _random.Next(2) == 0),
    };

    private SetGdt Gdt()
    {
        int pages = _random.Next(3);
        return new(Vcpu(), [.. Enumerable.Range(0, pages).Select(_ => new DescriptorFrame(Frame(), _random.Next(4) > 0))], (uint)pages * 512);
    }

    private ExtCommand Command() => _random.Next(10) switch
    {
        < 5 => (ExtCommand)_random.Next(4),
        < 7 => ExtCommand.Unpin,
        7 => ExtCommand.NewBase,
        8 => ExtCommand.NewUserBase,
        _ => (ExtCommand)_random.Next(24),
    };

    private UpdateKind Kind() => _random.Next(8) switch { 0 => UpdateKind.PreserveAd, 1 => (UpdateKind)_random.Next(5), _ => UpdateKind.Normal };

    private uint Foreign() => _random.Next(24) == 0 ? (uint)_random.Next(0x30000) : 0x7ff0;

    private VcpuId Vcpu() => new(_random.Next(3));

    private Mfn Frame() => _random.Next(40) == 0 ? new((ulong)_random.Next(Frames)) : new((ulong)_random.Next(1, 10));

    private int Slot() => _random.Next(Slots);

    private Entry Entry()
    {
        if (_random.Next(4) == 0) return default;

        EntryFlags flags = EntryFlags.Present | EntryFlags.User;
        if (_random.Next(2) == 0) flags |= EntryFlags.Writable;
        if (_random.Next(16) == 0) flags |= (EntryFlags)_random.Next(1 << 12);
        return new(_random.Next(64) == 0 ? new(ulong.MaxValue >> 12) : Frame(), flags);
    }
}
