using Conformance.Scripts;

namespace Conformance.Generation;

/// <summary>What scripts a generator makes.</summary>
/// <param name="Length">acts of a script; a multicall is one</param>
public sealed record GeneratorOptions(StageShape Shape, int Length = 100)
{
    /// <summary>Leaves out what real Xen's first domain is not asked whatever the stage is like.</summary>
    public bool ForRealXen { get; init; }

    /// <summary>How often each operation is drawn.</summary>
    public Weights Weights { get; init; } = Weights.Default;
}
