using Conformance.Generation;
using Conformance.Scripts;
using Model;

namespace Conformance.Tests.Simulation;

/// <summary>Random scripts of vCPUs that build and unbuild the same few tables, and stop in the midst of it.</summary>
internal static class RaceScripts
{
    private static readonly Operand Self = Operand.Number(Operations.DomidSelf), None = Operand.Number(0);

    /// <summary>Two L3, two L2 and two L1 to be, and data; f0, f1 and f2 are live at the start.</summary>
    private static readonly int[] Third = [0, 4], Second = [1, 5, 6], First = [2, 7, 8], Data = [3, 9];

    public static Script Make(int seed, StageShape shape, int length = 24)
    {
        Random random = new(seed);
        return new(shape, [.. Enumerable.Range(0, length).Select(_ => Draw(random, shape))]);
    }

    private static Act Draw(Random random, StageShape shape)
    {
        int domain = 1 + random.Next(shape.Domains);
        Act act = random.Next(12) switch
        {
            < 4 => Update(random, domain),
            < 8 => Ext(domain, Command(random, domain)),
            8 => new(domain, 0, Operation.MmuExtOp, [Self, None, .. Enumerable.Range(0, 3).SelectMany(_ => Ext(domain, Command(random, domain)).Operands.Skip(2))]),
            9 => new((byte)domain, 0, Operation.Multicall, [], [.. Enumerable.Range(0, 4).Select(_ => Member(random, domain))]),
            10 => Write(domain),
            _ => GiveBack(random, domain),
        };
        int? pausesAt = random.Next(4) == 0 || !Pauses.IsPossible(act) ? null : Pauses.Draw(random.Next);
        return act with { Vcpu = (byte)random.Next(shape.Vcpus), PausesAt = pausesAt };
    }

    private static Act Member(Random random, int domain) => random.Next(5) switch
    {
        0 => GiveBack(random, domain),
        1 => Update(random, domain),
        _ => Ext(domain, Command(random, domain)),
    };

    private static Act Write(int domain) => new(domain, 0, Operation.Write, Operand.Number(Stage.Window), Operand.Machine(domain, 7, 0x67));

    private static Act GiveBack(Random random, int domain) =>
        new(domain, 0, Operation.DecreaseReservation, Operand.Buffer(), Operand.Buffer(), None, None, None, Self, Operand.Frame(domain, random.Next(10)));

    private static Act Update(Random random, int domain)
    {
        (int table, int target) = random.Next(8) switch
        {
            0 => (StageFrame.Root, Pick(random, Third)),
            1 or 2 => (Pick(random, Third), Pick(random, Second)),
            3 or 4 => (Pick(random, Second), Pick(random, First)),
            5 => (Pick(random, First), Pick(random, Data)),
            _ => (Pick(random, [.. Third, .. Second]), random.Next(10)),
        };
        int slot = table == StageFrame.Root ? Stage.RootSlots[random.Next(2)] : Pick(random, [0, 1, 200, 511]);
        Operand entry = random.Next(3) == 0 ? None : Operand.Machine(domain, target, random.Next(6) == 0 ? 0x65UL : 0x67UL);
        return new(domain, 0, Operation.MmuUpdate, Self, None, Operand.Frame(domain, table), Operand.Number((ulong)slot), None, entry);
    }

    private static (ExtCommand, int) Command(Random random, int domain) => random.Next(8) switch
    {
        0 => (ExtCommand.PinL3, Pick(random, Third)),
        1 => (ExtCommand.PinL2, Pick(random, Second)),
        2 => (ExtCommand.PinL1, Pick(random, First)),
        3 or 4 => (ExtCommand.Unpin, Pick(random, Third)),
        5 => (ExtCommand.Unpin, Pick(random, Second)),
        6 => (ExtCommand.ClearPage, Pick(random, [.. Third, .. Second])),
        _ => ((ExtCommand)random.Next(4), random.Next(domain + 9)),
    };

    public static Act Ext(int domain, (ExtCommand Command, int Frame) of) =>
        new(domain, 0, Operation.MmuExtOp, Self, None, Operand.Number((ulong)of.Command), Operand.Frame(domain, of.Frame), None);

    private static int Pick(Random random, int[] from) => from[random.Next(from.Length)];
}
