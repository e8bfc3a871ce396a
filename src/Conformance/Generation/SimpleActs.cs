using Conformance.Scripts;
using Implementation.Hypervisor;
using Model;

namespace Conformance.Generation;

/// <summary>The acts that minimal scripts are made of where they can be, the simplest first.</summary>
internal sealed class SimpleActs
{
    private const ulong Bare = 0x1, ReadOnly = 0x25, Writable = 0x67, Superpage = 0xe7;

    private static readonly ulong[] BitsOfEntries = [ReadOnly, Writable, Superpage];

    private static readonly int[] Data = [StageFrame.Data, StageFrame.FirstFree];

    private static readonly SimpleActs Wide = new(StageSpace.Of(DomainKind.Pv64)), Narrow = new(StageSpace.Of(DomainKind.Pv32Pae));

    private readonly StageSpace _space;
    private readonly int[] _tables, _frames;
    private readonly Dictionary<Act, int> _ranks;

    private SimpleActs(StageSpace space)
    {
        _space = space;
        _tables = space.IsNarrow ? [StageFrame.Root, StageFrame.L2, StageFrame.L1] : [StageFrame.Root, StageFrame.L3, StageFrame.L2, StageFrame.L1];
        _frames = [.. _tables, .. Data];
        Core = [.. Accesses(), .. Data.SelectMany(Pins), .. _tables.SelectMany(CoreUpdates)];
        All = [.. Core.Concat(Updates()).Concat(Commands()).Concat(Others()).Distinct()];
        _ranks = All.Select((act, rank) => (act, rank)).ToDictionary();
    }

    /// <summary>Of an entry: present, user and accessed; writable and dirty beside; a superpage. Of a 32-bit domain's root: present alone.</summary>
    public static IReadOnlyList<ulong> EntryBits => BitsOfEntries;

    /// <summary>Those that most attacks need: the window, what leads to it, and frames that become tables.</summary>
    public IReadOnlyList<Act> Core { get; }

    /// <summary>In their fixed order, the core first.</summary>
    public IReadOnlyList<Act> All { get; }

    /// <summary>Those of domains of a kind.</summary>
    public static SimpleActs Of(DomainKind kind) => kind == DomainKind.Pv32Pae ? Narrow : Wide;

    /// <summary>The place of an act in <see cref="All"/>; of any other act a number beyond.</summary>
    public int RankOf(Act act) => _ranks.GetValueOrDefault(act, int.MaxValue);

    private IEnumerable<Act> Accesses()
    {
        yield return new(1, 0, Operation.Write, Operand.Number(_space.Window), Operand.Number(0));
        yield return new(1, 0, Operation.Read, Operand.Number(_space.Window));
    }

    /// <summary>The slot that leads to the window: emptied, made to name the table itself, or a frame that is no table.</summary>
    private IEnumerable<Act> CoreUpdates(int table) =>
        from entry in CoreEntries(table).Distinct()
        select Update(table, FirstSlot(table), entry);

    private Operand[] CoreEntries(int table)
    {
        (ulong readOnly, ulong writable) = IsRootOfFour(table) ? (Bare, Bare) : (ReadOnly, Writable);
        return
        [
            Operand.Number(0), Operand.Machine(1, table, readOnly), Operand.Machine(1, table, writable),
            Operand.Machine(1, StageFrame.Data, readOnly), Operand.Machine(1, StageFrame.FirstFree, readOnly), Operand.Machine(1, StageFrame.FirstFree, writable),
        ];
    }

    private IEnumerable<Act> Updates() =>
        from table in _frames
        from slot in new[] { FirstSlot(table), FirstSlot(table) + 1 }
        from entry in Entries(table)
        select Update(table, slot, entry);

    private IEnumerable<Operand> Entries(int table) =>
        [Operand.Number(0), .. from bits in BitsIn(table) from target in _frames select Operand.Machine(1, target, bits)];

    private IReadOnlyList<ulong> BitsIn(int table) => IsRootOfFour(table) ? [Bare] : EntryBits;

    private bool IsRootOfFour(int table) => _space.IsNarrow && table == StageFrame.Root;

    private static IEnumerable<Act> Pins(int frame) =>
        from command in (ExtCommand[])[ExtCommand.PinL1, ExtCommand.PinL2, ExtCommand.PinL3, ExtCommand.PinL4] select Command(command, frame);

    private IEnumerable<Act> Commands() =>
        _frames.SelectMany(Pins).Concat(
            from command in (ExtCommand[])[ExtCommand.Unpin, ExtCommand.NewBase, ExtCommand.NewUserBase, ExtCommand.TlbFlushLocal, ExtCommand.ClearPage]
            from frame in _frames
            select Command(command, frame));

    private IEnumerable<Act> Others()
    {
        foreach (int frame in _frames)
        {
            yield return new(
                1, 0, Operation.DecreaseReservation, Operand.Buffer(), Operand.Buffer(), Operand.Number(0), Operand.Number(0), Operand.Number(0),
                Operand.Number(Operations.DomidSelf), Operand.Frame(1, frame));
        }
    }

    private int FirstSlot(int table) => table == StageFrame.Root ? _space.WindowSlot : 0;

    private static Act Update(int table, int slot, Operand entry) => new(
        1, 0, Operation.MmuUpdate, Operand.Number(Operations.DomidSelf), Operand.Number(0), Operand.Frame(1, table), Operand.Number((ulong)slot), Operand.Number(0), entry);

    private static Act Command(ExtCommand command, int frame) => new(
        1, 0, Operation.MmuExtOp, Operand.Number(Operations.DomidSelf), Operand.Number(0), Operand.Number((ulong)command), Operand.Frame(1, frame), Operand.Number(0));
}
