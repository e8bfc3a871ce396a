using System.CommandLine;
using Checking;

namespace Cli.Refute;

/// <summary>The syntax of <c>ringfence refute</c>.</summary>
internal static class RefuteCommand
{
    private static readonly Option<int?>
        Frames = CommonOptions.Number("--frames", "frames that guests may name"),
        Entries = CommonOptions.Number("--entries", "entries of a table"),
        Domains = CommonOptions.Number("--domains", "domains"),
        Levels = CommonOptions.Number("--levels", "levels of tables that guests build themselves"),
        Vcpus = CommonOptions.Number("--vcpus", "vCPUs of each domain"),
        Depth = CommonOptions.Number("--depth", "requests of an attack at most [default: 4]", most: 64),
        Timeout = CommonOptions.Number("--timeout", "seconds for the whole search [default: 300]", most: 86400);

    private static readonly Option<string?>
        Kind = CommonOptions.Text("--kind", "pv32|pv64", "what guest the first domain is [default: pv64, or where a fault shows]"),
        Property = CommonOptions.Text("--property", "ID", "the only property to break, as I-TEXCL"),
        Fault = CommonOptions.Text("--fault", "ID", "make a mistake again, as XSA-182; an unknown name lists what there is");

    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        Command command = new("refute", "Search for a shortest attack, with a solver that chooses every argument")
        {
            Frames, Entries, Domains, Levels, Vcpus, Kind, Property, Fault, Depth, Timeout,
        };
        Kind.AcceptOnlyFromAmong("pv32", "pv64");
        Common.AddTo(command);
        command.SetAction(parsed => RefuteVerb.Execute(Read(parsed)));
        return command;
    }

    private static RefuteArguments Read(ParseResult parsed) => new()
    {
        Frames = parsed.GetValue(Frames),
        Entries = parsed.GetValue(Entries),
        Domains = parsed.GetValue(Domains),
        Levels = parsed.GetValue(Levels),
        Vcpus = parsed.GetValue(Vcpus),
        Kind = parsed.GetValue(Kind) is { } kind ? Enum.Parse<GuestKind>(kind, ignoreCase: true) : null,
        Property = parsed.GetValue(Property),
        Fault = parsed.GetValue(Fault),
        Depth = parsed.GetValue(Depth),
        Timeout = parsed.GetValue(Timeout),
        Presentation = Common.Read(parsed),
    };
}
