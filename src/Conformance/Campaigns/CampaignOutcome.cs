namespace Conformance.Campaigns;

/// <summary>Failures with the same minimal script.</summary>
/// <param name="Minimal">the shortest script that fails so, and how</param>
/// <param name="Cases">how many cases came down to it</param>
public sealed record FailureGroup(CaseResult Minimal, int Cases)
{
    /// <summary>Shrinking was asked to end early: a shorter script may show the same.</summary>
    public bool IsCutShort { get; init; }
}

/// <summary>What a campaign came to.</summary>
/// <param name="Cases">how many scripts were played, the kept ones among them</param>
/// <param name="Groups">in the order in which they were found; none: model and target agree</param>
public sealed record CampaignOutcome(int Cases, IReadOnlyList<FailureGroup> Groups);
