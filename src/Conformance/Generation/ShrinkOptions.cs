namespace Conformance.Generation;

/// <summary>Bounds of shrinking.</summary>
public sealed record ShrinkOptions
{
    /// <summary>Scripts played in one go: where that costs much, as on real Xen, more.</summary>
    public int Round { get; init; } = 1000;

    /// <summary>Scripts played at most, after which the smallest found so far is the answer.</summary>
    public int MostCases { get; init; } = 200_000;
}
