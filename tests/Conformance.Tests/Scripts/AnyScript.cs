using Conformance.Scripts;
using FsCheck;
using FsCheck.Fluent;

namespace Conformance.Tests.Scripts;

/// <summary>Scripts of any acts with any operands, without regard to what they would do: for laws about the language itself.</summary>
public static class AnyScript
{
    public static Arbitrary<Script> Scripts() => Arb.From(
        from domains in Gen.Choose(1, 4)
        from vcpus in Gen.Choose(1, 4)
        from acts in Act(new(domains, vcpus)).ListOf()
        select new Script(new(domains, vcpus), [.. acts]));

    private static Gen<Act> Act(StageShape shape) =>
        from domain in Gen.Choose(1, shape.Domains)
        from vcpu in Gen.Choose(0, shape.Vcpus - 1)
        from act in OfRow(shape, domain, vcpu, Operations.All)
        from pausesAt in Gen.Frequency((9, Gen.Constant<int?>(null)), (1, Gen.Choose(0, 1000).Select(n => (int?)n)))
        select act with { PausesAt = pausesAt };

    private static Gen<Act> OfRow(StageShape shape, int domain, int vcpu, IEnumerable<OperationRow> rows) =>
        from row in Gen.Elements(rows)
        from count in Gen.Choose(0, row.Element.Length > 0 ? 3 : 0)
        from operands in Gen.CollectToArray(row.Fixed.Concat(Enumerable.Repeat(row.Element, count).SelectMany(e => e)), o => Value(o, shape))
        from members in Gen.ListOf(OfRow(shape, domain, vcpu, Operations.All.Where(IsSmallCall)), row.Operation == Operation.Multicall ? 3 : 0)
        select new Act((byte)domain, (byte)vcpu, row.Operation, [.. operands], [.. members]);

    private static bool IsSmallCall(OperationRow row) => row.Means == Means.Hypercall && row.Operation is not (Operation.Multicall or Operation.XenVersion or Operation.MemoryMap);

    private static Gen<Operand> Value(OperandRow row, StageShape shape) => row.Sort == Sort.Choice
        ? Gen.Elements(row.Choices.AsEnumerable()).Select(Operand.Number)
        : Gen.OneOf(
            Gen.Choose(0, 40).Select(n => Operand.Number((ulong)n)),
            ArbMap.Default.GeneratorFor<ulong>().Select(Operand.Number),
            Gen.Choose(0, Recipe.MaxLength - 1).Select(n => Operand.Buffer((ulong)n)),
            from domain in Gen.Choose(1, shape.Domains)
            from index in Gen.Choose(0, StageFrame.Count - 1)
            from bits in Gen.Choose(0, 4095)
            from operand in Gen.Elements(
                Operand.Frame(domain, index), Operand.Machine(domain, index, (ulong)bits), Operand.Port(domain, bits), Operand.DomainId(domain))
            select operand);
}
