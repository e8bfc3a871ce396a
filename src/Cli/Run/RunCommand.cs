using System.CommandLine;
using System.CommandLine.Parsing;
using Conformance.Faults;
using Conformance.Runs;

namespace Cli.Run;

/// <summary>What the user asked of <c>ringfence run</c>, as typed.</summary>
internal sealed record RunArguments
{
    public const string Grub = "/usr/lib/grub-xen/grub-x86_64-xen.bin";

    public string? Image { get; init; }

    public ulong MemoryMiB { get; init; }

    public int Vcpus { get; init; }

    public string CommandLine { get; init; } = "";

    public string? Ramdisk { get; init; }

    public string? Input { get; init; }

    public string? Until { get; init; }

    public ulong? Limit { get; init; }

    public bool IsWatched { get; init; }

    public ulong Seed { get; init; }

    public bool IsJson { get; init; }

    public string? Out { get; init; }

    public bool IsPlain { get; init; }

    public string? Fault { get; init; }

    public string ImagePath => Image ?? Grub;

    /// <summary>The command that does the same run again.</summary>
    public string Replay()
    {
        ulong? memory = MemoryMiB == RunCommand.DefaultMemoryMiB ? null : MemoryMiB;
        return new CommandWords("run", ImagePath)
            .Add("--memory", memory)
            .Add("--vcpus", Vcpus == 1 ? null : (ulong)Vcpus)
            .Add("--cmdline", CommandLine.Length > 0 ? CommandLine : null)
            .Add("--ramdisk", Ramdisk)
            .Add("--input", Input)
            .Add("--until", Until)
            .Add("--limit", Limit)
            .Add("--fault", Fault)
            .Add("--seed", Seed)
            .ToString();
    }
}

/// <summary>The syntax of <c>ringfence run</c>.</summary>
internal static class RunCommand
{
    public const ulong DefaultMemoryMiB = 128;

    private static readonly Argument<string?> Image = new("IMAGE")
    {
        Description = $"ELF image of a paravirtual guest kernel [default: {RunArguments.Grub}]",
        Arity = ArgumentArity.ZeroOrOne,
        Validators = { RefuseOption },
    };

    private static readonly Option<ulong> Memory = new("--memory")
    {
        Description = "memory of the guest in MiB",
        HelpName = "MiB",
        DefaultValueFactory = _ => DefaultMemoryMiB,
    };

    private static readonly Option<int> Vcpus = new("--vcpus")
    {
        Description = "virtual processors of the guest, 1 to 32",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
        Validators = { RefuseCount },
    };

    private static readonly Option<string> CommandLine = new("--cmdline")
    {
        Description = "command line of the guest kernel",
        HelpName = "S",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<string?> Ramdisk = new("--ramdisk") { Description = "initial RAM disk", HelpName = "F" };

    private static readonly Option<string?> Input = new("--input")
    {
        Description = "keys for the guest's console; without it they come from standard input",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Until = new("--until")
    {
        Description = "end when the console shows this text; if it never does, the run is inconclusive",
        HelpName = "TEXT",
    };

    private static readonly Option<ulong?> Limit = new("--limit")
    {
        Description = $"end after this many instructions [default: {RunRequest.DefaultLimit}]",
        HelpName = "INSTRUCTIONS",
    };

    private static readonly Option<string> Watch = CommonOptions.Choice("--watch", "compare every step with the model", "on", "off");

    private static readonly Option<ulong> Seed = new("--seed")
    {
        Description = "decides the guest's machine frames; the same seed gives the same run",
        HelpName = "N",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<string> Format = CommonOptions.Choice("--format", "text: console as it comes, then the verdict; json: one object", "text", "json");

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "folder for the trace of a failure [default: out]",
        HelpName = "DIR",
    };

    private static readonly Option<bool> NoColor = new("--no-color") { Description = "no colour, also on a terminal" };

    private static readonly Option<string?> Fault = FaultOption();

    public static Command Create()
    {
        Command command = new("run", "Run a guest under the watch of the model; without IMAGE, Debian's GRUB")
        {
            Image, Memory, Vcpus, CommandLine, Ramdisk, Input, Until, Limit, Watch, Seed, Format, Out, Fault, NoColor,
        };
        command.SetAction(parsed => RunVerb.Execute(Read(parsed)));
        return command;
    }

    /// <summary>A mistyped option is not the name of an image. A file with such a name can be called ./-name.</summary>
    private static void RefuseOption(ArgumentResult image)
    {
        if (image.Tokens is [{ Value: ['-', ..] option }]) image.AddError($"Unknown option '{option}'.");
    }

    private static void RefuseCount(OptionResult vcpus)
    {
        if (vcpus.GetValueOrDefault<int>() is < 1 or > 32) vcpus.AddError("--vcpus must be from 1 to 32.");
    }

    private static RunArguments Read(ParseResult parsed) => new()
    {
        Image = parsed.GetValue(Image),
        MemoryMiB = parsed.GetValue(Memory),
        Vcpus = parsed.GetValue(Vcpus),
        CommandLine = parsed.GetValue(CommandLine)!,
        Ramdisk = parsed.GetValue(Ramdisk),
        Input = parsed.GetValue(Input),
        Until = parsed.GetValue(Until),
        Limit = parsed.GetValue(Limit),
        IsWatched = parsed.GetValue(Watch) == "on",
        Seed = parsed.GetValue(Seed),
        IsJson = parsed.GetValue(Format) == "json",
        Out = parsed.GetValue(Out),
        IsPlain = parsed.GetValue(NoColor),
        Fault = parsed.GetValue(Fault),
    };

    private static Option<string?> FaultOption()
    {
        Option<string?> option = new("--fault")
        {
            Description = $"re-make a historical mistake of Xen's in the hypervisor: {string.Join(", ", FaultCatalogue.Names)}",
            HelpName = "XSA-N",
        };
        option.AcceptOnlyFromAmong([.. FaultCatalogue.Names]);
        return option;
    }
}
