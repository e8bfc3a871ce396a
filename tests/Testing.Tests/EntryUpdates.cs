using Conformance.Scripts;
using FsCheck;
using FsCheck.Fluent;

namespace Testing.Tests;

/// <summary>Scripts that only change entries of the second table of the window, to whatever flags.</summary>
public static class EntryUpdates
{
    public static Arbitrary<Script> Scripts() => Arb.From(
        Gen.Choose(0, 0x1ff).Select(flags => Update((ulong)flags)).NonEmptyListOf().Select(acts => new Script(new(2), [.. acts])),
        script => Enumerable.Range(0, script.Acts.Count).Select(i => script with { Acts = [.. script.Acts.Where((_, j) => j != i)] }));

    private static Act Update(ulong flags) => new(
        1,
        0,
        Operation.MmuUpdate,
        [Operand.Number(Operations.DomidSelf), Operand.Number(0), Operand.Frame(1, StageFrame.L2), Operand.Number(1), Operand.Number(0), Operand.Machine(1, StageFrame.L1, flags)]);
}
