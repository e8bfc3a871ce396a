using System.CommandLine;

namespace Cli.Prove;

/// <summary>The syntax of <c>ringfence prove</c>.</summary>
internal static class ProveCommand
{
    private static readonly Option<string?>
        Property = CommonOptions.Text("--property", "ID", "the only invariant to prove, as I-TEXCL"),
        Fault = CommonOptions.Text("--fault", "ID", "make a mistake again, as XSA-182; an unknown name lists what there is"),
        SmtOut = CommonOptions.Text("--smt-out", "DIR", "folder for every query as SMT-LIB2, for other solvers");

    private static readonly Option<bool> Mutate = new("--mutate") { Description = "drop every guard, one at a time, and see which invariant notices" };

    private static readonly Option<int?>
        Timeout = CommonOptions.Number("--timeout", "seconds for one query [default: 20]", most: 86400),
        Workers = CommonOptions.Workers();

    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        Command command = new("prove", "Prove every invariant for any number of frames, entries, domains and vCPUs")
        {
            Property, Fault, Mutate, SmtOut, Timeout, Workers,
        };
        Common.AddTo(command);
        command.SetAction(parsed => ProveVerb.Execute(Read(parsed)));
        return command;
    }

    private static ProveArguments Read(ParseResult parsed) => new()
    {
        Property = parsed.GetValue(Property),
        Fault = parsed.GetValue(Fault),
        Mutate = parsed.GetValue(Mutate),
        SmtOut = parsed.GetValue(SmtOut),
        Timeout = parsed.GetValue(Timeout),
        Workers = parsed.GetValue(Workers),
        Presentation = Common.Read(parsed),
    };
}
