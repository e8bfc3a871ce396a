using Checking.Refuting;
using Checking.Traces;

namespace Cli.Refute;

/// <summary>Carries out <c>ringfence refute</c>.</summary>
internal static class RefuteVerb
{
    public static int Execute(RefuteArguments arguments) => Verb.Execute("refute", arguments.Replay(), () => Run(arguments));

    private static int Run(RefuteArguments arguments)
    {
        string? property = arguments.Property is { } id ? Invariants.Find(id) : null;
        string? fault = Faults.Find(arguments.Fault)?.Id;
        if (arguments.Presentation.Out is { } folder) TraceFolder.ProveWritable(folder);

        using Interruption interrupt = new();
        StandardOutput output = new();
        ProgressLine progress = new();
        RefutationRequest request = new()
        {
            Sizes = arguments.Sizes,
            Fault = fault,
            Property = property,
            Progress = depth => progress.Show($"refuting: attacks of {Words.Count(depth, "request")}, {Words.Seconds(progress.Elapsed.TotalSeconds)}"),
            Cancel = interrupt.Token,
        };
        if (arguments.Depth is { } requests) request = request with { Depth = requests };
        if (arguments.Timeout is { } seconds) request = request with { Timeout = TimeSpan.FromSeconds(seconds) };
        Refutation found = Refuter.Run(request);
        progress.Clear();

        RefutationOutcome outcome = new()
        {
            Found = found,
            Asked = request.Depth,
            IsInterrupted = interrupt.Token.IsCancellationRequested,
            Seconds = progress.Elapsed.TotalSeconds,
        };
        TraceFolder.Attempt attempt = outcome.Trace is { } trace
            ? TraceFolder.TryWrite(arguments.Presentation.Folder, trace.Property, TraceFile.Of(trace, new("refute", found.Scope, fault, arguments.Replay())))
            : default;
        outcome = outcome with { TraceFile = attempt.Path };

        output.Write(arguments.Presentation.IsJson ? AnswerJson.Text(RefutationAnswer.Of(arguments, outcome)) : RefutationText.Of(arguments, outcome));
        output.ThrowIfFailed();
        attempt.ThrowIfFailed();
        return outcome.ExitCode;
    }
}
