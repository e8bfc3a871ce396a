using Checking.Traces;
using Conformance.Runs;
using Conformance.Traces;

namespace Cli.Replay;

/// <summary>Carries out <c>ringfence replay</c>.</summary>
internal static class ReplayVerb
{
    public static int Execute(ReplayArguments arguments) => Verb.Execute("replay", arguments.Again(), () => Run(arguments));

    private static int Run(ReplayArguments arguments)
    {
        ItfTrace trace = TraceInput.Read(arguments.Trace);
        ReplayOutcome outcome = TraceInput.Checked(arguments.Trace, () => trace.Meta.Record("ringfence").Text("kind")) switch
        {
            ScriptTrace.Kind => ScriptReplay.Run(arguments, trace),
            "check" or "refute" => SearchReplay.Run(arguments, trace),
            "run" => throw new BadInputException(arguments.Trace, $"is of a run, which is done again as a whole: {RunAgain(arguments.Trace, trace)}"),
            _ => throw new BadInputException(arguments.Trace, "is of a kind that cannot be replayed"),
        };

        StandardOutput output = new();
        output.Write(arguments.IsJson ? AnswerJson.Text(ReplayAnswer.Of(arguments, outcome)) : ReplayText.Of(arguments, outcome));
        output.ThrowIfFailed();
        return outcome.ExitCode;
    }

    private static string RunAgain(string path, ItfTrace trace) =>
        TraceInput.Sentence(TraceInput.Checked(path, () => trace.Meta.Record("ringfence").Text("replay")));
}
