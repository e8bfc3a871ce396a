using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Cli.Conform.Traps;
using Conformance.Faults;

namespace Cli.Conform;

/// <summary>The syntax of <c>ringfence conform</c>.</summary>
internal static class ConformCommand
{
    private const string SeedVariable = "RINGFENCE_SEED";

    private static readonly Option<string> Target =
        CommonOptions.Choice("--target", "what to hold against the model: our hypervisor, or real Xen 4.17 as well", ConformArguments.Simulator, ConformArguments.Xen);

    private static readonly Option<string> Mode =
        CommonOptions.Choice("--mode", "what the domains of a stage are", ConformArguments.Pv64, ConformArguments.Pv32Pae);

    private static readonly Option<int?>
        Cases = CommonOptions.Number("--cases", "scripts to make [default: 2000]", most: 100_000_000),
        Time = CommonOptions.Number("--time", "end after so many seconds with what there is", most: 1_000_000),
        Length = CommonOptions.Number("--length", "acts of a script [default: 100, on real Xen 30]", most: 1000),
        Domains = CommonOptions.Number("--domains", "domains of a stage [default: 2, on real Xen 1]", most: 4),
        Vcpus = CommonOptions.Number("--vcpus", "vCPUs of each domain [default: 2, on real Xen 1]", most: 4);

    private static readonly Option<ulong?> Seed = new("--seed")
    {
        HelpName = "N",
        Description = $"what all scripts follow from [default: {SeedVariable}, else drawn]; it is printed",
        CustomParser = ReadSeed,
    };

    private static readonly Option<string?> Fault =
        CommonOptions.Text("--fault", "XSA-N", $"make a historical mistake again in our hypervisor: {string.Join(", ", FaultCatalogue.Names)}");

    private static readonly Option<bool> KeepGoing = new("--keep-going") { Description = "go on after a failure, and group failures by their shortest script" };

    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        Fault.AcceptOnlyFromAmong([.. FaultCatalogue.Names]);
        Command command = new("conform", "Random scripts of several domains and vCPUs, in lock-step on the model and a hypervisor")
        {
            Target, Cases, Time, Length, Domains, Vcpus, Mode, Seed, Fault, KeepGoing, TrapsCommand.Create(),
        };
        Common.AddTo(command);
        command.Validators.Add(CheckSeedOfEnvironment);
        command.SetAction(parsed => ConformVerb.Execute(Read(parsed)));
        return command;
    }

    private static ulong? ReadSeed(ArgumentResult result)
    {
        if (TryReadSeed(result.Tokens[0].Value, out ulong seed)) return seed;
        result.AddError($"--seed {result.Tokens[0].Value} is not a number from 0 to {ulong.MaxValue}");
        return null;
    }

    private static void CheckSeedOfEnvironment(CommandResult result)
    {
        if (result.GetResult(Seed) is null && SeedOfEnvironment is { } word && !TryReadSeed(word, out _))
            result.AddError($"{SeedVariable} is {word}, which is not a number from 0 to {ulong.MaxValue}");
    }

    private static string? SeedOfEnvironment => Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } word ? word : null;

    private static bool TryReadSeed(string? word, out ulong seed) => ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out seed);

    private static ConformArguments Read(ParseResult parsed) => new()
    {
        Target = parsed.GetValue(Target)!,
        Cases = parsed.GetValue(Cases) ?? 2000,
        Time = parsed.GetValue(Time),
        Length = parsed.GetValue(Length),
        Domains = parsed.GetValue(Domains),
        Vcpus = parsed.GetValue(Vcpus),
        Mode = parsed.GetValue(Mode)!,
        Seed = parsed.GetValue(Seed) ?? (TryReadSeed(SeedOfEnvironment, out ulong seed) ? seed : (ulong)Random.Shared.Next()),
        Fault = parsed.GetValue(Fault),
        KeepsGoing = parsed.GetValue(KeepGoing),
        Presentation = Common.Read(parsed),
    };
}
