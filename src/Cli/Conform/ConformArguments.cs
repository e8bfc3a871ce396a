using Implementation.Hypervisor;

namespace Cli.Conform;

/// <summary>What the user asked of <c>ringfence conform</c>, as typed.</summary>
internal sealed record ConformArguments
{
    public const string Simulator = "simulator", Xen = "xen", Pv64 = "pv64", Pv32Pae = "pv32pae";

    public required string Target { get; init; }

    public int Cases { get; init; } = 2000;

    /// <summary>Seconds of wall-clock time after which the campaign ends with what it has; null: none.</summary>
    public int? Time { get; init; }

    public int? Length { get; init; }

    public int? Domains { get; init; }

    public int? Vcpus { get; init; }

    /// <summary>What kind the domains of the stage are.</summary>
    public string Mode { get; init; } = Pv64;

    public DomainKind Kind => Mode == Pv32Pae ? DomainKind.Pv32Pae : DomainKind.Pv64;

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
        .Add("--mode", Mode == Pv64 ? null : Mode)
        .Add("--fault", Fault)
        .AddIf(KeepsGoing, "--keep-going")
        .Add("--seed", Seed)
        .ToString();
}
