using Model;

namespace Checking.Proving.Flows;

/// <summary>A flow from one domain to another that is allowed.</summary>
/// <param name="Step">the step that carries it</param>
/// <param name="Query">what would otherwise have to be silent: "FL-10.Free"</param>
/// <param name="Clause">the clause of <c>spec/07-flows.md</c> that allows it</param>
internal sealed record Flow(string Step, string Query, string Clause)
{
    /// <summary>The step changes what others see; otherwise it answers by what the caller cannot see.</summary>
    public bool Changes => Query.StartsWith("FL-10", StringComparison.Ordinal);

    /// <summary>All of them. Whatever is not here is silent.</summary>
    [Clause("FL-8"), Clause("FL-9")]
    public static IReadOnlyList<Flow> Declared { get; } =
    [
        new(nameof(SymbolicSteps.Allocate), "FL-10.Free", "FL-8"),
        new(nameof(SymbolicSteps.Free), "FL-10.Free", "FL-8"),
        new(nameof(SymbolicSteps.Share), "FL-11", "FL-9"),
    ];
}
