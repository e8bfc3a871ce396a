using System.Text.RegularExpressions;
using Conformance.Scripts;
using Implementation.Hypercalls;

namespace Conformance.Tests.Scripts;

/// <summary>The one table of operations is whole.</summary>
public class OperationsTests
{
    [Fact]
    public void Rows_stand_in_the_order_of_the_operations() =>
        Assert.Equal(Enum.GetValues<Operation>(), Operations.All.Select(r => r.Operation));

    [Fact]
    public void Names_are_not_used_twice()
    {
        Assert.Distinct(Operations.All.Select(r => r.Name));
        Assert.Distinct(Instructions.All.Select(i => i.Name));
    }

    /// <summary>A reason stands on its own in a report, so it says nothing but a reason.</summary>
    [Fact]
    public void Reasons_are_sentences_without_an_end() =>
        Assert.All(
            Operations.All.Select(r => r.NotOnRealXen).Concat(Instructions.All.Select(i => i.NotOnRealXen)).OfType<string>(),
            reason => Assert.Matches(new Regex("^[a-zX].*[^.]$"), reason));

    [Fact]
    public void Every_hypercall_of_the_implementation_can_be_asked()
    {
        HashSet<ulong> asked = [.. Operations.All.Where(r => r.Means == Means.Hypercall).SelectMany(NumbersOf), Iret];

        Assert.Empty(Enumerable.Range(0, 64).Select(n => (ulong)n).Where(n => Table.NameOf(n) != "unknown").Except(asked));
    }

    [Fact]
    public void Arguments_of_the_simplest_act_of_each_row_fit_into_a_page() =>
        Assert.All(Operations.All.Where(r => r.Means == Means.Hypercall), row => Assert.InRange(Recipe.Of(Simplest(row)).Length, 0, Recipe.MaxLength));

    private const ulong Iret = 23;

    private static IEnumerable<ulong> NumbersOf(OperationRow row) =>
        row.Fixed is [{ Name: "number" } number, ..] ? number.Choices : [Recipe.Of(Simplest(row)).Registers[0].Bits];

    private static Act Simplest(OperationRow row) =>
        new(1, 0, row.Operation, [.. row.Fixed.Concat(row.Element).Select(o => Operand.Number(o.Sort == Sort.Choice ? o.Choices[0] : 0))]);
}
