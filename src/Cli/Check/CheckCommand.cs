using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Checking;
using Checking.Memory;
using Checking.Rings;

namespace Cli.Check;

/// <summary>The syntax of <c>ringfence check</c>.</summary>
internal static class CheckCommand
{
    private static readonly Argument<string?> Scope = new("SCOPE")
    {
        Description = $"what to explore: {string.Join(" or ", Scopes.Names)} [default: {Scopes.Default}]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<int?>
        Frames = CommonOptions.Number("--frames", "frames that guests may name"),
        Entries = CommonOptions.Number("--entries", "entries of a table"),
        Movable = CommonOptions.Number("--movable", "pagetypes: frames that may change their owner", least: 0),
        Domains = CommonOptions.Number("--domains", "memory: domains"),
        Levels = CommonOptions.Number("--levels", "memory: levels of tables that guests build themselves"),
        Vcpus = CommonOptions.Number("--vcpus", "memory: vCPUs of each domain"),
        Workers = CommonOptions.Workers(),
        CheckpointEvery = CommonOptions.Number("--checkpoint-every", "seconds from one checkpoint to the next [default: 60]", least: 0, most: 86400);

    private static readonly Option<string?>
        Grain = CommonOptions.Text("--grain", "hypercall|step", "memory: a hypercall at once, or step by step as vCPUs race [default: hypercall]"),
        Part = CommonOptions.Text("--part", "segments|traps|registers", "rings: what guests and Xen may change [default: segments, or where a fault shows]"),
        Kind = CommonOptions.Text("--kind", "pv32|pv64", "the kind of guest, in memory of the first domain [default: pv64, in rings pv32, or where a fault shows]"),
        Property = CommonOptions.Text("--property", "ID", "the only property to look at, as I-TEXCL"),
        Fault = CommonOptions.Text("--fault", "ID", "make a mistake again, as XSA-182; an unknown name lists what there is"),
        Checkpoint = CommonOptions.Text("--checkpoint", "DIR", $"folder for what a search needs to go on later, or {CheckpointFolder.None} [default: one in out, removed at the end]"),
        Resume = CommonOptions.Text("--resume", "DIR", "go on from a checkpoint of the same search");

    private static readonly Option<string> Symmetry =
        CommonOptions.Choice("--symmetry", "states that differ only in the names of frames and domains are one", "off", "on");

    private static readonly Option<long?> MaxStates = CommonOptions.Amount("--max-states", "end, inconclusive, after this many states");

    private static readonly Option<double?> MaxMemory = new("--max-memory")
    {
        HelpName = "GiB",
        Description = "memory for states; what does not fit goes to disk as far as it can",
        CustomParser = Gibibytes,
    };

    private static readonly Option<bool> AllowVacuous = new("--allow-vacuous") { Description = "accept properties of which the scope shows no instance" };

    private static readonly CommonOptions Common = new();

    private static double? Gibibytes(ArgumentResult result)
    {
        const double Most = 1 << 20;
        string word = result.Tokens[0].Value;
        if (double.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double n) && n is > 0 and <= Most) return n;
        result.AddError($"--max-memory {word} is not a number of GiB, more than 0");
        return null;
    }

    public static Command Create()
    {
        Command command = new("check", "Explore every reachable state of a small scope")
        {
            Scope, Frames, Entries, Movable, Domains, Levels, Vcpus, Grain, Part, Kind, Property, Fault, Workers, Symmetry, MaxStates, MaxMemory,
            Checkpoint, CheckpointEvery, Resume, AllowVacuous,
        };
        Grain.AcceptOnlyFromAmong("hypercall", "step");
        Part.AcceptOnlyFromAmong("segments", "traps", "registers");
        Kind.AcceptOnlyFromAmong("pv32", "pv64");
        Common.AddTo(command);
        command.SetAction(parsed => CheckVerb.Execute(Read(parsed)));
        return command;
    }

    /// <summary>A scope as traces name it: the words of the command line.</summary>
    /// <returns>null if it is none</returns>
    public static CheckArguments? ReadScope(string words)
    {
        ParserConfiguration parser = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        ParseResult parsed = Create().Parse(words.Split(' ', StringSplitOptions.RemoveEmptyEntries), parser);
        return parsed.Errors.Count == 0 ? Read(parsed) : null;
    }

    private static CheckArguments Read(ParseResult parsed) => new()
    {
        Scope = parsed.GetValue(Scope),
        Frames = parsed.GetValue(Frames),
        Entries = parsed.GetValue(Entries),
        Movable = parsed.GetValue(Movable),
        Domains = parsed.GetValue(Domains),
        Levels = parsed.GetValue(Levels),
        Vcpus = parsed.GetValue(Vcpus),
        Grain = parsed.GetValue(Grain) is { } grain ? Enum.Parse<Grain>(grain, ignoreCase: true) : null,
        Part = parsed.GetValue(Part) is { } part ? Enum.Parse<RingPart>(part, ignoreCase: true) : null,
        Kind = parsed.GetValue(Kind) is { } kind ? Enum.Parse<GuestKind>(kind, ignoreCase: true) : null,
        Property = parsed.GetValue(Property),
        Fault = parsed.GetValue(Fault),
        Workers = parsed.GetValue(Workers),
        Symmetry = parsed.GetValue(Symmetry) == "on",
        MaxStates = parsed.GetValue(MaxStates),
        MaxMemory = parsed.GetValue(MaxMemory),
        Checkpoint = parsed.GetValue(Checkpoint),
        CheckpointEvery = parsed.GetValue(CheckpointEvery),
        Resume = parsed.GetValue(Resume),
        AllowVacuous = parsed.GetValue(AllowVacuous),
        Presentation = Common.Read(parsed),
    };
}
