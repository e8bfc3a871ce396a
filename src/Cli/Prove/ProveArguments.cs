namespace Cli.Prove;

/// <summary>What the user asked of <c>ringfence prove</c>, as typed; null is left out.</summary>
internal sealed record ProveArguments
{
    public string? Property { get; init; }

    public string? Fault { get; init; }

    public bool Mutate { get; init; }

    public string? SmtOut { get; init; }

    /// <summary>Seconds for one query.</summary>
    public int? Timeout { get; init; }

    public int? Workers { get; init; }

    public required Presentation Presentation { get; init; }

    /// <summary>The command that proves the same again.</summary>
    public string Replay() => new CommandWords("prove")
        .Add("--property", Property)
        .Add("--fault", Fault)
        .AddIf(Mutate, "--mutate")
        .Add("--timeout", Timeout)
        .ToString();
}
