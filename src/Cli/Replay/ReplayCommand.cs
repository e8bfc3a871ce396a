using System.CommandLine;

namespace Cli.Replay;

/// <summary>The syntax of <c>ringfence replay</c>.</summary>
internal static class ReplayCommand
{
    private static readonly Argument<string> Trace = new("TRACE") { Description = "a trace of check, refute or conform (.itf.json)" };

    private static readonly Option<string?> On = CommonOptions.Text(
        "--on", "model|simulator|xen", "what to replay it on [default: what a trace of conform was found on, the model for the others]");

    private static readonly Option<string?> Fault = CommonOptions.Text(
        "--fault", "ID", $"the mistake to make again, as XSA-182, or {ReplayArguments.NoFault} [default: the one that the trace was found with; real Xen has none]");

    private static readonly Option<string> Format = CommonOptions.Choice("--format", "text: for reading; json: one object", "text", "json");

    private static readonly Option<bool> NoColor = new("--no-color") { Description = "no colour, also on a terminal" };

    public static Command Create()
    {
        On.AcceptOnlyFromAmong(ReplayArguments.Model, ReplayArguments.Simulator, ReplayArguments.Xen);
        Command command = new("replay", "Do again what a trace says, and see whether it still fails") { Trace, On, Fault, Format, NoColor };
        command.SetAction(parsed => ReplayVerb.Execute(new(
            parsed.GetValue(Trace)!, parsed.GetValue(On), parsed.GetValue(Fault), parsed.GetValue(Format) == "json", parsed.GetValue(NoColor))));
        return command;
    }
}
