using System.CommandLine;

namespace Cli.View;

/// <summary>The syntax of <c>ringfence view</c>.</summary>
internal static class ViewCommand
{
    private static readonly Argument<string> Trace = new("TRACE") { Description = "a trace of check, refute, run or conform (.itf.json)" };

    private static readonly Option<string> Output = new("--output", "-o")
    {
        HelpName = "PAGE",
        Description = "file for the page",
        DefaultValueFactory = _ => "trace.html",
    };

    public static Command Create()
    {
        Command command = new("view", "Write a trace as one HTML page that needs nothing else") { Trace, Output };
        command.SetAction(parsed => ViewVerb.Execute(parsed.GetValue(Trace)!, parsed.GetValue(Output)!));
        return command;
    }
}
