namespace Cli.Conform;

/// <summary>What the user asked of <c>ringfence conform</c>, as typed.</summary>
internal sealed record ConformArguments
{
    public const string Simulator = "simulator", Xen = "xen";

    public required string Target { get; init; }

    public int Cases { get; init; } = 2000;

    /// <summary>Seconds of wall-clock time after which the campaign ends with what it has; null: none.</summary>
    public int? Time { get; init; }

    public int? Length { get; init; }

    public int? Domains { get; init; }

    public int? Vcpus { get; init; }

    public required ulong Seed { get; init; }

    public string? Fault { get; init; }

    public bool KeepsGoing { get; init; }

    public required Presentation Presentation { get; init; }

    public bool IsOnXen => Target == Xen;

    /// <summary>Acts of a script.</summary>
    public int ActsOfScript => Length ?? (IsOnXen ? 30 : 100);

    /// <summary>The command that does the same campaign again.</summary>
    public string Again() => new CommandWords("conform")
        .Add("--target", IsOnXen ? Xen : null)
        .Add("--cases", Cases)
        .Add("--length", Length)
        .Add("--domains", Domains)
        .Add("--vcpus", Vcpus)
        .Add("--fault", Fault)
        .AddIf(KeepsGoing, "--keep-going")
        .Add("--seed", Seed)
        .ToString();
}
