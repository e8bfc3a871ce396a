using Conformance.Scripts;
using Model;

namespace Conformance.Generation;

/// <summary>Which acts are worth stopping for the next one, and where (<see cref="Act.PausesAt"/>).</summary>
/// <remarks>
/// Only tables of level 2 and 3 have chances (HC-21), 511 each whatever their slots hold, those of the innermost first. The interesting
/// ones are the first few, those where one table ends and the one above goes on, and any other alike.
/// </remarks>
public static class Pauses
{
    private const int OfTable = 511, Near = 4, Most = 2 * (OfTable + Near);

    /// <summary>Whether an act can have a chance: it establishes tables, or takes them apart.</summary>
    public static bool IsPossible(Act act) => act.Operation switch
    {
        Operation.MmuUpdate => act.Elements > 0,
        Operation.MmuExtOp => Enumerable.Range(0, act.Elements).Any(i => IsPossible((ExtCommand)act[i, 0].Bits)),
        Operation.Multicall => act.Members.Any(IsPossible),
        _ => false,
    };

    /// <summary>A chance to stop at.</summary>
    /// <param name="below">draws a number below another, all equally likely</param>
    public static int Draw(Func<int, int> below) => below(4) switch
    {
        0 => below(Near),
        1 => OfTable - (Near / 2) + below(Near),
        2 => (2 * OfTable) - (Near / 2) + below(Near),
        _ => below(Most),
    };

    private static bool IsPossible(ExtCommand command) =>
        command is >= ExtCommand.PinL2 and <= ExtCommand.NewBase or ExtCommand.NewUserBase;
}
