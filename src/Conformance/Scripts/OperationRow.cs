using System.Collections.Immutable;

namespace Conformance.Scripts;

/// <summary>An operation's row in the one table.</summary>
/// <param name="Name">as scripts write it: "mmu_update", "event_channel_op.send"</param>
/// <param name="Fixed">operands that every such act has</param>
/// <param name="Element">operands that every element of a batch has; empty for what is no batch</param>
/// <param name="Weight">how often it is drawn, before coverage is fed back</param>
/// <param name="Write">makes the recipe of a hypercall; null for other means</param>
/// <param name="NotOnRealXen">why real Xen's first domain is not asked; null where it is</param>
public sealed record OperationRow(
    Operation Operation,
    string Name,
    Means Means,
    ImmutableArray<OperandRow> Fixed,
    ImmutableArray<OperandRow> Element,
    int Weight,
    Action<Act, RecipeWriter>? Write = null,
    string? NotOnRealXen = null)
{
    /// <summary>Why 32-bit domains do not do it; null where they do.</summary>
    public string? NotNarrow { get; init; }
}
