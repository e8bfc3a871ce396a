using Checking.Proving;

namespace Cli.Prove;

/// <summary>Carries out <c>ringfence prove</c>.</summary>
internal static class ProveVerb
{
    public static int Execute(ProveArguments arguments) => Verb.Execute("prove", arguments.Replay(), () => Run(arguments));

    private static int Run(ProveArguments arguments)
    {
        string? property = arguments.Property is { } id ? Invariants.FindAny(id) : null;
        string? fault = Faults.FindAny(arguments.Fault);
        if (arguments.SmtOut is { } folder) TraceFolder.ProveWritable(folder);

        using Interruption interrupt = new();
        StandardOutput output = new();
        ProgressLine progress = new();
        ProofRequest request = new()
        {
            Fault = fault,
            Property = property,
            SmtOut = arguments.SmtOut,
            Mutate = arguments.Mutate,
            Workers = arguments.Workers ?? CommonOptions.DefaultWorkers,
            Progress = (done, all) => progress.Show(Told(done, all, progress.Elapsed)),
            Cancel = interrupt.Token,
        };
        if (arguments.Timeout is { } seconds) request = request with { Timeout = TimeSpan.FromSeconds(seconds) };
        ProofReport report = Prover.Run(request);
        progress.Clear();

        ProofOutcome outcome = new(report, progress.Elapsed.TotalSeconds);
        output.Write(arguments.Presentation.IsJson ? AnswerJson.Text(ProofAnswer.Of(arguments, outcome)) : ProofText.Of(arguments, outcome));
        output.ThrowIfFailed();
        return outcome.ExitCode;
    }

    private static string Told(int done, int all, TimeSpan elapsed)
    {
        string left = done > 0 && all > done ? $", {Words.Seconds(elapsed.TotalSeconds / done * (all - done))} to go" : "";
        return $"proving: {done:N0} of {all:N0} queries{left}";
    }
}
