using Model;
using static Checking.Tests.Refinement.SmallScope;

namespace Checking.Tests.Refinement;

/// <summary>A seeded sequence of requests, stores, loads and walks, by two domains of which one has two vCPUs.</summary>
/// <remarks>Most choices are likely to be valid, some are at the edge, a few are nonsense. The same seed makes the same sequence.</remarks>
internal sealed class RandomScript
{
    public const int Frames = 8, Slots = 3;

    private static readonly Domid D2 = new(2);

    private readonly Random _random;
    private readonly Draws _draw;
    private readonly ReplayedMachine _on;

    /// <param name="fault">a mistake that the machine makes</param>
    public RandomScript(int seed, Model.Faults.Fault? fault = null)
    {
        _random = new(seed);
        _draw = new(_random, Slots, Frame);
        _on = new(new(Frames, [D1, D1, D2], Slots) { XenSlots = [1] }, Boot, fault);
        if (seed % 2 == 0) BuildTree();
    }

    /// <summary>What does the requests, and checks each.</summary>
    public ReplayedMachine On => _on;

    /// <summary>Does the next thing, and says what a request answered.</summary>
    public Answer? Next() => _random.Next(16) switch
    {
        0 or 1 => Load(),
        2 => Walk(),
        3 => Store(),
        _ => _on.Perform(Request()),
    };

    /// <summary>Frame 0 is Xen's, five are of the first domain, one is of the second, one is free.</summary>
    public static void Boot(Machine machine)
    {
        machine.DeclareFrame(new(0), default, FrameKind.Xen);
        for (ulong f = 1; f < 6; f++) machine.DeclareFrame(new(f), D1);
        machine.DeclareFrame(new(6), D2);
    }

    /// <summary>Four tables over one data frame, loaded by vCPU 0; left to chance it hardly ever comes about.</summary>
    private void BuildTree()
    {
        for (ulong f = 1; f < 5; f++) _on.Machine.Load(new(f), 0, Rw(new(f + 1)));
        _on.Machine.Load(new(4), 1, Ro(new(4)));
        _on.Perform(new MmuExtOp(V0, [new(ExtCommand.PinL4, new(1)), new(ExtCommand.NewBase, new(1))]));
    }

    private Answer? Load()
    {
        (Mfn frame, int slot, Entry entry) = (Existing(), _draw.Slot(), _draw.Entry());
        _on.Do(() => $"load {frame}[{slot}] := {entry}", m => m.Load(frame, slot, entry));
        return null;
    }

    private Answer? Store()
    {
        (VcpuId v, Mfn frame, int slot, Entry entry) = (_draw.Vcpu(), Existing(), _draw.Slot(), _draw.Entry());
        _on.Do(() => $"{v} stores {frame}[{slot}] := {entry}", m => m.Store(v, frame, slot, entry));
        return null;
    }

    /// <summary>Walks from the loaded root along entries that are there, wherever that leads.</summary>
    private Answer? Walk()
    {
        Machine machine = _on.Machine;
        VcpuId v = _draw.Vcpu();
        Mfn root = machine.KernelBase(v) ?? Existing();
        bool wanted = _random.Next(8) != 0;
        if (_draw.Walk(machine, root, levels: 4, out Mfn at, out bool isWritable) is not { } path) return null;

        bool write = wanted && isWritable;
        _on.Do(() => $"{v} walks {string.Join(" ", path)} to {at}{(write ? " for a write" : "")}", m => m.Touch(v, path, at, write));
        return null;
    }

    /// <summary>A request by any vCPU; it depends on the seed and on nothing that the machine did.</summary>
    public Request Request() => _random.Next(24) switch
    {
        < 8 => new MmuUpdate(_draw.Vcpu(), [.. Few(() => new Update(_draw.Kind(), Frame(), _draw.Slot(), _draw.Entry()))], _draw.Foreign()),
        < 17 => new MmuExtOp(_draw.Vcpu(), [.. Few(() => new ExtOp(_draw.Command(), Frame(), Frame(), [_draw.Vcpu()]))], _draw.Foreign()),
        17 => new UpdateVaMapping(_draw.Vcpu(), Frame(), _draw.Slot(), _draw.Entry(), (FlushKind)_random.Next(3), [], VcpusReadable: _random.Next(4) > 0),
        18 => new EmulatedEntryUpdate(_draw.Vcpu(), Frame(), _draw.Slot(), _draw.Entry()),
        19 => _draw.Gdt(),
        20 => new UpdateDescriptor(_draw.Vcpu(), Frame(), _draw.Slot(), _random.Next(8) > 0, _random.Next(4) > 0, _draw.Entry()),
        21 => new DecreaseReservation(_draw.Vcpu(), [.. Few(Frame)]),
        22 => _random.Next(2) == 0 ? new PopulatePhysmap(_draw.Vcpu(), [Frame()]) : new IncreaseReservation(_draw.Vcpu(), [Frame(), Frame()]),
        _ => _random.Next(3) == 0 ? new RegisterVcpuInfo(_draw.Vcpu(), Frame()) : new SwitchMode(_draw.Vcpu(), _random.Next(2) == 0),
    };

    private IEnumerable<T> Few<T>(Func<T> one) => Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => one());

    private Mfn Existing() => new((ulong)_random.Next(Frames - 1));

    /// <summary>A frame number that a guest may name: seldom one that is free from boot on, or beyond the machine.</summary>
    private Mfn Frame() => new((ulong)_random.Next(_random.Next(20) == 0 ? Frames + 1 : Frames - 1));
}
