using Conformance.Generation;
using Conformance.Scripts;
using Model;
using Model.Rings;

namespace Conformance.Campaigns;

/// <summary>What a campaign plays.</summary>
/// <param name="Cases">how many scripts are made, besides the kept ones</param>
/// <param name="Seed">what all of them follow from</param>
/// <param name="Generator">how they are made</param>
/// <param name="Fresh">makes a target like the campaign's, for a stage of some shape, on which nothing was played yet</param>
public sealed record CampaignOptions(int Cases, ulong Seed, GeneratorOptions Generator, Func<StageShape, ITarget> Fresh)
{
    /// <summary>Cases between two looks at the guards: fixed, so that the scripts follow from the seed alone.</summary>
    public int Round { get; init; } = 64;

    /// <summary>Scripts that failed in earlier campaigns, tried first.</summary>
    public IReadOnlyList<Script> Kept { get; init; } = [];

    /// <summary>Goes on after a failure.</summary>
    public bool KeepGoing { get; init; }

    /// <summary>Asks the campaign to end with what it has, between two cases.</summary>
    public CancellationToken Cancel { get; init; }

    /// <summary>How failures are brought down to short scripts.</summary>
    public ShrinkOptions Shrinking { get; init; } = new();

    /// <summary>The guards fired so far, for the generator's weights; null: the weights stay as they are.</summary>
    public Func<GuardSet>? Fired { get; init; }

    /// <summary>The same of the steps of ring protection; null where they are not watched.</summary>
    public Func<RingStepSet>? RingsTaken { get; init; }
}
