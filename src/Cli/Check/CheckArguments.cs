using Checking;
using Checking.Memory;
using Checking.Rings;

namespace Cli.Check;

/// <summary>What the user asked of <c>ringfence check</c>, as typed; null is left out.</summary>
internal sealed record CheckArguments
{
    public string? Scope { get; init; }

    public int? Frames { get; init; }

    public int? Entries { get; init; }

    public int? Movable { get; init; }

    public int? Domains { get; init; }

    public int? Levels { get; init; }

    public int? Vcpus { get; init; }

    public Grain? Grain { get; init; }

    public RingPart? Part { get; init; }

    public GuestKind? Kind { get; init; }

    public string? Property { get; init; }

    public string? Fault { get; init; }

    public int? Workers { get; init; }

    public bool Symmetry { get; init; }

    public long? MaxStates { get; init; }

    /// <summary>GiB</summary>
    public double? MaxMemory { get; init; }

    public string? Checkpoint { get; init; }

    /// <summary>Seconds from one checkpoint to the next.</summary>
    public int? CheckpointEvery { get; init; }

    public string? Resume { get; init; }

    public bool AllowVacuous { get; init; }

    public required Presentation Presentation { get; init; }

    /// <summary>The command that does the same search again.</summary>
    public string Replay() => Searched().ToString();

    /// <summary>The command that goes on from a checkpoint.</summary>
    public string ResumeFrom(string folder) => Searched().Add("--resume", folder).ToString();

    private CommandWords Searched() => new CommandWords("check", Scope ?? Scopes.Default)
        .Add("--frames", Frames)
        .Add("--entries", Entries)
        .Add("--movable", Movable)
        .Add("--domains", Domains)
        .Add("--levels", Levels)
        .Add("--vcpus", Vcpus)
        .Add("--grain", Grain is { } grain ? AnswerJson.Name(grain) : null)
        .Add("--part", Part is { } part ? Spelling.Of(part) : null)
        .Add("--kind", Kind is { } kind ? Spelling.Of(kind) : null)
        .Add("--property", Property)
        .Add("--fault", Fault)
        .Add("--symmetry", Symmetry ? "on" : null)
        .Add("--max-states", MaxStates)
        .Add("--max-memory", MaxMemory);
}
