namespace Conformance.Generation;

/// <summary>Bounds of shrinking.</summary>
public sealed record ShrinkOptions
{
    /// <summary>Scripts played in one go: where that costs much, as on real Xen, more.</summary>
    public int Round { get; init; } = 1000;

    /// <summary>Scripts played at most, after which the smallest found so far is the answer.</summary>
    public int MostCases { get; init; } = 200_000;

    /// <summary>Scripts played at most by <see cref="LeastHole"/>; 0: it is not looked for.</summary>
    public int MostEnumerated { get; init; } = 200_000;

    /// <summary>Asks shrinking to end with the smallest script found so far.</summary>
    public CancellationToken Cancel { get; init; }
}
