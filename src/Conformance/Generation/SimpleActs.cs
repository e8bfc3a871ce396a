using Conformance.Scripts;
using Model;

namespace Conformance.Generation;

/// <summary>The acts that minimal scripts are made of where they can be, the simplest first.</summary>
internal static class SimpleActs
{
    private const ulong ReadOnly = 0x25, Writable = 0x67, Superpage = 0xe7;

    private static readonly int[] Tables = [StageFrame.Root, StageFrame.L3, StageFrame.L2, StageFrame.L1], Data = [StageFrame.Data, StageFrame.FirstFree];

    private static readonly int[] Frames = [.. Tables, .. Data];

    /// <summary>Of an entry: present, user and accessed; writable and dirty beside; a superpage.</summary>
    public static IReadOnlyList<ulong> EntryBits { get; } = [ReadOnly, Writable, Superpage];

    /// <summary>Those that most attacks need: the window, what leads to it, and frames that become tables.</summary>
    public static IReadOnlyList<Act> Core { get; } = [.. Accesses(), .. Data.SelectMany(Pins), .. Tables.SelectMany(CoreUpdates)];

    /// <summary>In their fixed order, the core first.</summary>
    public static IReadOnlyList<Act> All { get; } = [.. Core.Concat(Updates()).Concat(Commands()).Concat(Others()).Distinct()];

    private static readonly Dictionary<Act, int> Ranks = All.Select((act, rank) => (act, rank)).ToDictionary();

    /// <summary>The place of an act in <see cref="All"/>; of any other act a number beyond.</summary>
    public static int RankOf(Act act) => Ranks.GetValueOrDefault(act, int.MaxValue);

    private static IEnumerable<Act> Accesses()
    {
        yield return new(1, 0, Operation.Write, Operand.Number(Stage.Window), Operand.Number(0));
        yield return new(1, 0, Operation.Read, Operand.Number(Stage.Window));
    }

    /// <summary>The slot that leads to the window: emptied, made to name the table itself, or a frame that is no table.</summary>
    private static IEnumerable<Act> CoreUpdates(int table) =>
        from entry in (Operand[])
        [
            Operand.Number(0), Operand.Machine(1, table, ReadOnly), Operand.Machine(1, table, Writable),
            Operand.Machine(1, StageFrame.Data, ReadOnly), Operand.Machine(1, StageFrame.FirstFree, ReadOnly), Operand.Machine(1, StageFrame.FirstFree, Writable),
        ]
        select Update(table, FirstSlot(table), entry);

    private static IEnumerable<Act> Updates() =>
        from table in Frames
        from slot in new[] { FirstSlot(table), FirstSlot(table) + 1 }
        from entry in Entries()
        select Update(table, slot, entry);

    private static IEnumerable<Operand> Entries() =>
        [Operand.Number(0), .. from bits in EntryBits from target in Frames select Operand.Machine(1, target, bits)];

    private static IEnumerable<Act> Pins(int frame) =>
        from command in (ExtCommand[])[ExtCommand.PinL1, ExtCommand.PinL2, ExtCommand.PinL3, ExtCommand.PinL4] select Command(command, frame);

    private static IEnumerable<Act> Commands() =>
        Frames.SelectMany(Pins).Concat(
            from command in (ExtCommand[])[ExtCommand.Unpin, ExtCommand.NewBase, ExtCommand.NewUserBase, ExtCommand.TlbFlushLocal, ExtCommand.ClearPage]
            from frame in Frames
            select Command(command, frame));

    private static IEnumerable<Act> Others()
    {
        foreach (int frame in Frames)
        {
            yield return new(
                1, 0, Operation.DecreaseReservation, Operand.Buffer(), Operand.Buffer(), Operand.Number(0), Operand.Number(0), Operand.Number(0),
                Operand.Number(Operations.DomidSelf), Operand.Frame(1, frame));
        }
    }

    private static int FirstSlot(int table) => table == StageFrame.Root ? Stage.WindowSlot : 0;

    private static Act Update(int table, int slot, Operand entry) => new(
        1, 0, Operation.MmuUpdate, Operand.Number(Operations.DomidSelf), Operand.Number(0), Operand.Frame(1, table), Operand.Number((ulong)slot), Operand.Number(0), entry);

    private static Act Command(ExtCommand command, int frame) => new(
        1, 0, Operation.MmuExtOp, Operand.Number(Operations.DomidSelf), Operand.Number(0), Operand.Number((ulong)command), Operand.Frame(1, frame), Operand.Number(0));
}
