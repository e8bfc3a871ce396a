namespace Checking.Exploration;

/// <summary>How to explore. What is null is unlimited or off.</summary>
public sealed record ExplorationOptions
{
    public int Workers { get; init; } = 1;

    public bool Symmetry { get; init; }

    /// <summary>The only property to check, by index; the others are not looked at.</summary>
    public int? OnlyProperty { get; init; }

    public long? MaxStates { get; init; }

    /// <summary>Bytes for visited states and frontier together.</summary>
    public long? MaxMemory { get; init; }

    /// <summary>Folder in which a checkpoint is kept.</summary>
    public string? CheckpointTo { get; init; }

    /// <summary>Folder to go on from.</summary>
    public string? ResumeFrom { get; init; }

    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Is told about twice a second; from the thread that called.</summary>
    public Action<ExplorationProgress>? Progress { get; init; }

    public CancellationToken Cancel { get; init; }

    /// <summary>Bytes of the frontier that stay in memory; null for an eighth of all.</summary>
    internal long? FrontierMemory { get; init; }

    /// <summary>How files are opened that states are written to.</summary>
    internal OpenFile Open { get; init; } =
        (path, mode) => new FileStream(path, mode, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
}

/// <summary>Where a search is.</summary>
/// <param name="Estimate">a guess of all states there will be, or null</param>
public readonly record struct ExplorationProgress(
    long States, long Transitions, int Depth, long Frontier, long Bytes, double StatesPerSecond, long? Estimate, string? Note);
