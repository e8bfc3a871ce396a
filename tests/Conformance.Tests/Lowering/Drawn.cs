using Conformance.Scripts;

namespace Conformance.Tests.Lowering;

/// <summary>Scripts drawn from the one table of operations by their weights, with operands that mostly fit.</summary>
internal static class Drawn
{
    private static readonly int[] Slots = [0, 1, 2, 3, 255, 256, 271, 300, 511];

    public static Script Script(StageShape shape, int seed, int length)
    {
        Random random = new(seed);
        return new(shape, [.. Enumerable.Range(0, length).Select(_ => Act(random, shape))]);
    }

    private static Act Act(Random random, StageShape shape) =>
        Act(random, 1 + random.Next(shape.Domains), random.Next(shape.Vcpus), Row(random, _ => true), shape);

    private static OperationRow Row(Random random, Func<OperationRow, bool> which)
    {
        OperationRow[] rows = [.. Operations.All.Where(which)];
        int at = random.Next(rows.Sum(r => r.Weight));
        return rows.First(r => (at -= r.Weight) < 0);
    }

    private static Act Act(Random random, int domain, int vcpu, OperationRow row, StageShape shape)
    {
        int elements = row.Element.Length == 0 ? 0 : 1 + random.Next(2);
        IEnumerable<OperandRow> operands = row.Fixed.Concat(Enumerable.Repeat(row.Element, elements).SelectMany(e => e));
        Act[] members = row.Operation != Operation.Multicall ? []
            : [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Act(random, domain, vcpu, Row(random, IsMember), shape))];
        return new((byte)domain, (byte)vcpu, row.Operation, [.. operands.Select(o => Value(random, o, domain, shape))], [.. members]);
    }

    private static bool IsMember(OperationRow row) =>
        row.Means == Means.Hypercall && row.Operation is not (Operation.Multicall or Operation.XenVersion or Operation.MemoryMap);

    private static Operand Value(Random random, OperandRow row, int domain, StageShape shape)
    {
        int owner = random.Next(8) == 0 ? 1 + random.Next(shape.Domains) : domain;
        return row.Sort switch
        {
            Sort.Frame => Operand.Frame(owner, random.Next(StageFrame.Count)),
            Sort.Entry when random.Next(6) > 0 => Operand.Machine(owner, random.Next(StageFrame.Count), 0x61UL | ((ulong)random.Next(4) << 1)),
            Sort.Entry => Operand.Number(0),
            Sort.Slot => Operand.Number((ulong)Slots[random.Next(Slots.Length)]),
            Sort.Address => Operand.Number(random.Next(8) == 0 ? (ulong)random.NextInt64() : Stage.Window + (ulong)(Slots[random.Next(Slots.Length)] << 12)),
            Sort.Pointer or Sort.OptionalPointer => random.Next(10) == 0 ? Operand.Number((ulong)random.NextInt64()) : Operand.Buffer(),
            Sort.Self => Operand.Number(Operations.DomidSelf),
            Sort.Domain => Operand.DomainId(owner),
            Sort.Port => Operand.Port(owner, random.Next(3)),
            Sort.Choice => Operand.Number(row.Choices[random.Next(row.Choices.Count)]),
            Sort.Vcpu => Operand.Number((ulong)random.Next(shape.Vcpus)),
            _ => Operand.Number((ulong)random.NextInt64((long)Math.Min(row.Most, 100) + 2)),
        };
    }
}
