using System.Runtime.InteropServices;
using Conformance.Faults;
using Conformance.Runs;
using Conformance.Traces;
using Conformance.Watch;

namespace Cli;

/// <summary>Carries out <c>ringfence run</c>.</summary>
internal static class RunVerb
{
    public static int Execute(RunArguments arguments)
    {
        try
        {
            return Run(arguments);
        }
        catch (BadInputException e)
        {
            Console.Error.WriteLine($"ringfence: {e.Message.TrimEnd('.')}.");
            return ExitCode.BadInput;
        }
        catch (Exception e)
        {
            // Whatever arrives here is our mistake: say so, with what is needed to find it.
            Console.Error.WriteLine($"ringfence: internal error: {e.Message}");
            Console.Error.WriteLine($"  to reproduce: {arguments.Replay()}");
            Console.Error.WriteLine(e);
            return ExitCode.Internal;
        }
    }

    private static int Run(RunArguments arguments)
    {
        using CancellationTokenSource interrupt = new();
        using PosixSignalRegistration keyboard = InterruptOn(PosixSignal.SIGINT, interrupt);
        using PosixSignalRegistration termination = InterruptOn(PosixSignal.SIGTERM, interrupt);
        StandardOutput output = new();

        RunOutcome outcome = GuestRun.Execute(Request(arguments, output, interrupt.Token));
        string? trace = WriteTrace(arguments, outcome);

        if (arguments.IsJson) RunAnswer.Write(output, arguments, outcome, trace);
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
        if (arguments.Out is { } folder) Inputs.ProveWritable(folder);
        if (arguments.Input is { } file) return request with { Keys = new FixedKeys(Inputs.ReadFile(file)) };

        if (StandardInput.IsTerminal) Console.Error.WriteLine("ringfence: keys go to the guest; Ctrl-C ends the run and gives the verdict");
        return request with { Keys = StandardInput.Keys() };
    }

    private static PosixSignalRegistration InterruptOn(PosixSignal signal, CancellationTokenSource source) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true; // The run ends by itself, with what it has.
            source.Cancel();
        });

    private static string? WriteTrace(RunArguments arguments, RunOutcome outcome)
    {
        if (outcome.Finding is not { } finding) return null;
        string folder = arguments.Out ?? "out";
        string path = Path.Combine(folder, $"{finding.Claim}.itf.json");
        Inputs.ProveWritable(folder);
        try
        {
            using FileStream file = File.Create(path);
            ItfWriter.Write(file, FindingTrace.Of(finding, arguments.ImagePath, outcome.Seed, arguments.Replay()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(path, $"cannot be written: {e.Message.TrimEnd('.')}");
        }

        return path;
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
