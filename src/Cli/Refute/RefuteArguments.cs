using Checking;
using Checking.Memory;

namespace Cli.Refute;

/// <summary>What the user asked of <c>ringfence refute</c>, as typed; null is left out.</summary>
internal sealed record RefuteArguments
{
    public int? Frames { get; init; }

    public int? Entries { get; init; }

    public int? Domains { get; init; }

    public int? Levels { get; init; }

    public int? Vcpus { get; init; }

    public GuestKind? Kind { get; init; }

    public string? Property { get; init; }

    public string? Fault { get; init; }

    /// <summary>Requests of an attack at most.</summary>
    public int? Depth { get; init; }

    /// <summary>Seconds for the whole search.</summary>
    public int? Timeout { get; init; }

    public required Presentation Presentation { get; init; }

    public MemorySizes Sizes
    {
        get
        {
            MemorySizes usual = MemorySizes.ThatShow(Faults.Find(Fault));
            return new(
                Frames ?? usual.Frames,
                Entries ?? usual.Entries,
                Domains ?? usual.Domains,
                Levels ?? usual.Levels,
                Vcpus ?? usual.Vcpus,
                Kind: Kind ?? usual.Kind);
        }
    }

    /// <summary>The command that does the same search again.</summary>
    public string Replay() => new CommandWords("refute")
        .Add("--frames", Frames)
        .Add("--entries", Entries)
        .Add("--domains", Domains)
        .Add("--levels", Levels)
        .Add("--vcpus", Vcpus)
        .Add("--kind", Kind is { } kind ? Spelling.Of(kind) : null)
        .Add("--property", Property)
        .Add("--fault", Fault)
        .Add("--depth", Depth)
        .Add("--timeout", Timeout)
        .ToString();
}
