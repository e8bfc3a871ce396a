using Checking.Traces;
using Conformance.Faults;
using Conformance.Runs;
using Conformance.Traces;
using Conformance.Watch;

namespace Cli.Run;

/// <summary>Carries out <c>ringfence run</c>.</summary>
internal static class RunVerb
{
    public static int Execute(RunArguments arguments) => Verb.Execute("run", arguments.Replay(), () => Run(arguments));

    private static int Run(RunArguments arguments)
    {
        using Interruption interrupt = new();
        StandardOutput output = new();

        RunOutcome outcome = GuestRun.Execute(Request(arguments, output, interrupt.Token));
        string? trace = WriteTrace(arguments, outcome);

        if (arguments.IsJson) output.Write(AnswerJson.Text(RunAnswer.Of(arguments, outcome, trace)));
        else output.Write(RunText.Of(arguments, outcome, trace, startsOnNewLine: output.IsMidLine));

        output.ThrowIfFailed();
        return Code(outcome);
    }

    private static RunRequest Request(RunArguments arguments, StandardOutput output, CancellationToken interrupt)
    {
        RunRequest request = new()
        {
            Image = Inputs.ReadFile(arguments.ImagePath),
            ImageName = arguments.ImagePath,
            MemoryPages = Inputs.MemoryPages(arguments.MemoryMiB),
            Vcpus = arguments.Vcpus,
            CommandLine = Inputs.CommandLine(arguments.CommandLine),
            Ramdisk = arguments.Ramdisk is { } ramdisk ? Inputs.ReadFile(ramdisk) : default,
            Until = arguments.Until,
            Prompt = arguments is { Image: null, Input: null } ? "grub>" : null,
            Limit = arguments.Limit ?? RunRequest.DefaultLimit,
            IsWatched = arguments.IsWatched,
            Seed = arguments.Seed,
            Fault = arguments.Fault is { } fault ? FaultCatalogue.Make(fault) : null,
            Output = arguments.IsJson ? null : piece => output.Write(piece.Span),
            Interrupt = interrupt,
        };
        if (arguments.Out is { } folder) TraceFolder.ProveWritable(folder);
        if (arguments.Input is { } file) return request with { Keys = new FixedKeys(Inputs.ReadFile(file)) };

        if (StandardInput.IsTerminal) Console.Error.WriteLine("ringfence: keys go to the guest; Ctrl-C ends the run and gives the verdict");
        return request with { Keys = StandardInput.Keys() };
    }

    private static string? WriteTrace(RunArguments arguments, RunOutcome outcome)
    {
        if (outcome.Finding is not { } finding) return null;
        ItfTrace trace = FindingTrace.Of(finding, arguments.ImagePath, outcome.Seed, arguments.Replay());
        return TraceFolder.Write(arguments.Out ?? "out", finding.Claim, trace);
    }

    private static int Code(RunOutcome outcome) => outcome.Verdict switch
    {
        Verdict.Violated => ExitCode.Violated,
        Verdict.Diverged => ExitCode.Diverged,
        _ when outcome.StoppedBy == StoppedBy.Interrupt => ExitCode.Interrupted,
        Verdict.Inconclusive => ExitCode.Inconclusive,
        _ => ExitCode.Holds,
    };
}
