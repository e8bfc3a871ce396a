using System.Collections.Immutable;
using Checking.Memory;
using Conformance.Scripts;
using Model;

namespace Conformance.Traces;

/// <summary>Makes a script of what the vCPUs of a scope do, where the stage has the frames and operations for it.</summary>
/// <remarks>The scope's tables from the root down to its data frame are the stage's; its untyped frames are the first free ones of the pool.</remarks>
public sealed class ScopeScript
{
    private const int Levels = 4;

    /// <summary>A number that is no frame of any stage.</summary>
    private const ulong NoFrame = 0xff_ffff;

    /// <summary>The last eight bytes of a page, which no slot of a scope is: writing there changes no entry.</summary>
    private const ulong Aside = 0xff8;

    private readonly MemoryScope _scope;
    private readonly Dictionary<ulong, Operand> _frames = new() { [0] = Operand.Frame(1, StageFrame.Xen) };
    private readonly Dictionary<(VcpuId Vcpu, Mfn Frame), ulong> _addresses = [];
    private readonly List<Act> _acts = [];

    /// <exception cref="InvalidDataException">the scope begins as no stage does; the message is one sentence</exception>
    public ScopeScript(MemoryScope scope)
    {
        _scope = scope;
        if (scope.IsCompat) throw new InvalidDataException("its scope has a 32-bit guest, and the stage of scripts is a 64-bit one's.");

        Mfn[] spine = [.. scope.Spine], tables = [.. spine, .. scope.HasTables ? scope.Named.Take(scope.Sizes.Levels + 1) : []];
        if (spine.Length == 0 && !scope.HasTables) throw new InvalidDataException("its scope begins without a root table, and the stage has one.");

        for (int i = 0; i < tables.Length; i++) _frames[tables[i].Value] = Operand.Frame(1, i == 0 ? StageFrame.Root : StageFrame.L3 + i - 1);
        foreach ((int i, Mfn frame) in scope.Untyped.Index())
        {
            if (StageFrame.FirstFree + i >= StageFrame.Pool) throw new InvalidDataException("its scope has more untyped frames than the stage.");
            _frames[frame.Value] = Operand.Frame(1, StageFrame.FirstFree + i);
        }

        for (int d = 2; d <= scope.Sizes.Domains; d++) _frames[scope.Named[scope.Attackers + d - 2].Value] = Operand.Frame(d, StageFrame.FirstFree);
    }

    public Script Done() => new(new(_scope.Sizes.Domains, _scope.Sizes.Vcpus), _acts);

    /// <summary>Adds what a request is on the stage.</summary>
    /// <param name="machine">as it is before the request</param>
    /// <exception cref="InvalidDataException">it has no counterpart; the message is one sentence</exception>
    public void Add(MemoryRequest request, Machine machine) => _acts.Add(request switch
    {
        Hypercall call => Of(call.Request, machine),
        Populate => Memory(request.Vcpu, Operation.PopulatePhysmap, Operand.Number(0)),
        Access access => Of(access, machine),
        GuestStore store when _addresses.TryGetValue((store.Vcpu, store.Frame), out ulong page) =>
            By(store.Vcpu, Operation.Write, Operand.Number(page + ((ulong)store.Slot * 8)), Value(store.New)),
        _ => throw None(),
    } ?? throw None());

    private InvalidDataException None() => new($"step {_acts.Count + 1} has no counterpart on the stage of scripts.");

    private Act? Of(Request request, Machine machine) => request switch
    {
        MmuUpdate r => By(r.Caller, Operation.MmuUpdate, [Number(r.Foreign), Number(0), .. r.Updates.SelectMany(OfUpdate)]),
        MmuExtOp r => By(r.Caller, Operation.MmuExtOp, [Number(r.Foreign), Number(0), .. r.Ops.SelectMany(OfOp)]),
        UpdateVaMapping { VcpusReadable: true, Table: { } table } r when AddressOf(machine, r.Caller, table, r.Slot) is { } address =>
            By(r.Caller, Operation.UpdateVaMapping, Number(address), Value(r.New), Number((ulong)r.Flush)),
        SetGdt r when r.Frames.All(f => f.IsLawful) =>
            By(r.Caller, Operation.SetGdt, [Operand.Buffer(), Number(r.Entries), .. r.Frames.Select(f => Frame(f.Frame))]),
        UpdateDescriptor { IsLawful: true } r =>
            By(r.Caller, Operation.UpdateDescriptor, Frame(r.Frame), Number((ulong)r.Slot), Number(r.IsAligned ? 0UL : 1), Number(0)),
        DecreaseReservation { Frames: [var frame] } r => Memory(r.Caller, Operation.DecreaseReservation, Frame(frame)),
        RegisterVcpuInfo r => By(r.Caller, Operation.VcpuRegisterInfo, Number((ulong)Place(r.Target).Vcpu), Operand.Buffer(), Frame(r.Frame), Number(0)),
        SwitchMode r => By(r.Caller, r.ToKernel ? Operation.EnterKernel : Operation.EnterUser),
        _ => null,
    };

    private IEnumerable<Operand> OfUpdate(Update u) => [Frame(u.Frame), Number((ulong)SlotOf(u.Frame, u.Slot)), Number((ulong)u.Kind), Value(u.New)];

    /// <summary>Frame 0 stands for no frame in a command of mmuext_op.</summary>
    private IEnumerable<Operand> OfOp(ExtOp op) => [Number((ulong)op.Command), op.Frame.Value == 0 ? Number(0) : Frame(op.Frame), Number(0)];

    private Act? Of(Access access, Machine machine)
    {
        if ((machine.KernelBase(access.Vcpu) ?? machine.UserBase(access.Vcpu)) is not { } root) return null;

        Mfn table = root;
        int[] slots = new int[Levels];
        for (int i = 0; i < Levels; i++)
        {
            slots[i] = SlotOf(table, access.Slots[i]);
            table = machine.EntryOf(table, access.Slots[i]) is { IsPresent: true } entry && machine.Exists(entry.Target) ? entry.Target : throw None();
        }

        ulong page = Stage.Linear(slots[0], slots[1], slots[2], slots[3]);
        if (!access.IsWrite) return By(access.Vcpu, Operation.Read, Number(page));
        _addresses[(access.Vcpu, table)] = page;
        return By(access.Vcpu, Operation.Write, Number(page + Aside), Number(0));
    }

    /// <summary>The address whose walk from the vCPU's root ends in a slot of a table; null if none does.</summary>
    private ulong? AddressOf(Machine machine, VcpuId vcpu, Mfn wanted, int slot)
    {
        if (machine.KernelBase(vcpu) is not { } root) return null;
        List<(Mfn Table, int[] Slots)> level = [(root, [])];
        for (int i = 0; i < Levels - 1; i++)
        {
            level =
            [
                .. from at in level
                   from next in Enumerable.Range(0, _scope.Sizes.Entries)
                   let entry = machine.EntryOf(at.Table, next)
                   where entry.IsPresent && machine.Exists(entry.Target)
                   select (entry.Target, (int[])[.. at.Slots, SlotOf(at.Table, next)]),
            ];
        }

        int[]? path = level.FirstOrDefault(l => l.Table == wanted).Slots;
        return path is null ? null : Stage.Linear(path[0], path[1], path[2], SlotOf(wanted, slot));
    }

    private Act Memory(VcpuId caller, Operation operation, Operand extent) =>
        By(caller, operation, Operand.Buffer(), Operand.Buffer(), Number(0), Number(0), Number(0), Number(Operations.DomidSelf), extent);

    private Act By(VcpuId caller, Operation operation, params ImmutableArray<Operand> operands) => new(Place(caller).Domain, Place(caller).Vcpu, operation, operands);

    private (int Domain, int Vcpu) Place(VcpuId vcpu) => (_scope.Shape.Vcpus[vcpu.Value].Value, vcpu.Value % _scope.Sizes.Vcpus);

    private Operand Frame(Mfn frame) =>
        _frames.TryGetValue(frame.Value, out Operand named) ? named : Number(frame.Value == (ulong)_scope.Shape.Frames ? NoFrame : frame.Value);

    /// <summary>In the root only some slots are a script's: the first of the scope is that of the window.</summary>
    private int SlotOf(Mfn table, int slot)
    {
        if (Frame(table) != Operand.Frame(1, StageFrame.Root)) return slot;
        int[] slots = [.. Stage.RootSlots.Where(s => s is < Bridge.Abi.FirstXenSlot or > Bridge.Abi.LastXenSlot)];
        return slot < slots.Length ? slots[slot] : throw None();
    }

    private Operand Value(Entry entry) => entry.IsPresent ? Frame(entry.Target).ToMachine(Bits(entry)) : Number(0);

    /// <summary>Present, user and accessed, as in every entry of a scope, and the bits that they differ in (SDM Vol. 3A, table 4-20).</summary>
    private static ulong Bits(Entry entry) => 0x25UL | (entry.IsWritable ? 2UL : 0) | (entry.Has(EntryFlags.Superpage) ? 0x80UL : 0);

    private static Operand Number(ulong value) => Operand.Number(value);
}
