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
    private readonly ReplayedMachine _on;

    /// <param name="fault">a mistake that the machine makes</param>
    public RandomScript(int seed, Model.Faults.Fault? fault = null)
    {
        _random = new(seed);
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
        (Mfn frame, int slot, Entry entry) = (Existing(), Slot(), Entry());
        _on.Do(() => $"load {frame}[{slot}] := {entry}", m => m.Load(frame, slot, entry));
        return null;
    }

    private Answer? Store()
    {
        (VcpuId v, Mfn frame, int slot, Entry entry) = (Vcpu(), Existing(), Slot(), Entry());
        _on.Do(() => $"{v} stores {frame}[{slot}] := {entry}", m => m.Store(v, frame, slot, entry));
        return null;
    }

    /// <summary>Walks from the loaded root along entries that are there, wherever that leads.</summary>
    private Answer? Walk()
    {
        Machine machine = _on.Machine;
        VcpuId v = Vcpu();
        (Mfn, int)[] path = new (Mfn, int)[4];
        Mfn at = machine.KernelBase(v) ?? Existing();
        bool write = _random.Next(8) != 0;
        for (int level = 0; level < path.Length; level++)
        {
            int slot = Slot();
            for (int tries = 0; tries < Slots && !machine.EntryOf(at, slot).IsPresent; tries++) slot = (slot + 1) % Slots;
            path[level] = (at, slot);
            Entry entry = machine.EntryOf(at, slot);
            write &= entry.IsWritable;
            if (!machine.Exists(entry.Target)) return null;
            at = entry.Target;
        }

        _on.Do(() => $"{v} walks {string.Join(" ", path)} to {at}{(write ? " for a write" : "")}", m => m.Touch(v, path, at, write));
        return null;
    }

    /// <summary>A request by any vCPU; it depends on the seed and on nothing that the machine did.</summary>
    public Request Request() => _random.Next(24) switch
    {
        < 8 => new MmuUpdate(Vcpu(), [.. Few(() => new Update(Kind(), Frame(), Slot(), Entry()))], Foreign()),
        < 17 => new MmuExtOp(Vcpu(), [.. Few(() => new ExtOp(Command(), Frame(), Frame(), [Vcpu()]))], Foreign()),
        17 => new UpdateVaMapping(Vcpu(), Frame(), Slot(), Entry(), (FlushKind)_random.Next(3), [], VcpusReadable: _random.Next(4) > 0),
        18 => new EmulatedEntryUpdate(Vcpu(), Frame(), Slot(), Entry()),
        19 => Gdt(),
        20 => new UpdateDescriptor(Vcpu(), Frame(), Slot(), _random.Next(8) > 0, _random.Next(4) > 0, Entry()),
        21 => new DecreaseReservation(Vcpu(), [.. Few(Frame)]),
        22 => _random.Next(2) == 0 ? new PopulatePhysmap(Vcpu(), [Frame()]) : new IncreaseReservation(Vcpu(), [Frame(), Frame()]),
        _ => _random.Next(3) == 0 ? new RegisterVcpuInfo(Vcpu(), Frame()) : new SwitchMode(Vcpu(), _random.Next(2) == 0),
    };

    private IEnumerable<T> Few<T>(Func<T> one) => Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => one());

    private SetGdt Gdt()
    {
        int pages = _random.Next(Slots);
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

    private Mfn Existing() => new((ulong)_random.Next(Frames - 1));

    /// <summary>A frame number that a guest may name: seldom one that is free from boot on, or beyond the machine.</summary>
    private Mfn Frame() => new((ulong)_random.Next(_random.Next(20) == 0 ? Frames + 1 : Frames - 1));

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
