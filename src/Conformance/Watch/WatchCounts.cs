namespace Conformance.Watch;

/// <summary>How much a watch has compared; the scope of its verdict.</summary>
public sealed record WatchCounts
{
    /// <summary>Hypercalls performed on both sides.</summary>
    public ulong Hypercalls { get; init; }

    /// <summary>Page-table and machine-to-physical entries that hypercalls and emulated stores changed.</summary>
    public ulong EntryUpdates { get; init; }

    /// <summary>Values compared between the sides: answers, facts of frames, entries of tables.</summary>
    public ulong Comparisons { get; init; }

    /// <summary>Instances of invariants evaluated.</summary>
    public ulong InvariantChecks { get; init; }

    /// <summary>Translations that the processor cached and the model was told of.</summary>
    public ulong TranslationsCached { get; init; }

    /// <summary>Frames that the final comparison went over.</summary>
    public ulong FramesAtEnd { get; init; }

    /// <summary>Invariants that were evaluated over the whole machine at the end.</summary>
    public int InvariantsAtEnd { get; init; }

    /// <summary>Times that a processor left guest code and ring protection was held against its model.</summary>
    public ulong GuestExits { get; init; }

    /// <summary>Bounce frames compared word by word.</summary>
    public ulong BounceFrames { get; init; }

    /// <summary>Micro-steps of ring protection taken beside the guest.</summary>
    public ulong RingSteps { get; init; }

    public static WatchCounts None { get; } = new();
}
