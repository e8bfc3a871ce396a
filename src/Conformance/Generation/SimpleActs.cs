using Conformance.Scripts;
using Model;

namespace Conformance.Generation;

/// <summary>The acts that minimal scripts are made of where they can be, the simplest first.</summary>
internal static class SimpleActs
{
    /// <summary>Of an entry: present, user and accessed; writable and dirty beside; a superpage.</summary>
    public static ulong[] EntryBits { get; } = [0x25, 0x67, 0xe7];

    private static readonly int[] Tables = [StageFrame.Root, StageFrame.L3, StageFrame.L2, StageFrame.L1, StageFrame.Data, StageFrame.FirstFree];

    /// <summary>In their fixed order.</summary>
    public static IReadOnlyList<Act> All { get; } = [.. Accesses(), .. Updates(), .. Commands(), .. Others()];

    private static IEnumerable<Act> Accesses()
    {
        yield return new(1, 0, Operation.Read, Operand.Number(Stage.Window));
        yield return new(1, 0, Operation.Write, Operand.Number(Stage.Window), Operand.Number(0));
    }

    private static IEnumerable<Act> Updates() =>
        from table in Tables
        from slot in table == StageFrame.Root ? new[] { Stage.WindowSlot, Stage.WindowSlot + 1 } : [0, 1]
        from entry in Entries()
        select new Act(
            1, 0, Operation.MmuUpdate, Operand.Number(Operations.DomidSelf), Operand.Number(0), Operand.Frame(1, table), Operand.Number((ulong)slot), Operand.Number(0), entry);

    private static IEnumerable<Operand> Entries() =>
        [Operand.Number(0), .. from bits in EntryBits from target in Tables select Operand.Machine(1, target, bits)];

    private static IEnumerable<Act> Commands() =>
        from command in new[] { ExtCommand.PinL1, ExtCommand.PinL2, ExtCommand.PinL3, ExtCommand.PinL4, ExtCommand.Unpin, ExtCommand.NewBase, ExtCommand.NewUserBase, ExtCommand.TlbFlushLocal, ExtCommand.ClearPage }
        from frame in Tables
        select new Act(1, 0, Operation.MmuExtOp, Operand.Number(Operations.DomidSelf), Operand.Number(0), Operand.Number((ulong)command), Operand.Frame(1, frame), Operand.Number(0));

    private static IEnumerable<Act> Others()
    {
        foreach (int frame in Tables)
        {
            yield return new(
                1, 0, Operation.DecreaseReservation, Operand.Buffer(), Operand.Buffer(), Operand.Number(0), Operand.Number(0), Operand.Number(0),
                Operand.Number(Operations.DomidSelf), Operand.Frame(1, frame));
        }
    }
}
