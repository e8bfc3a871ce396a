using System.Globalization;
using Checking.Exploration;
using Checking.Traces;
using Conformance.Runs;

namespace Cli.Check;

/// <summary>Carries out <c>ringfence check</c>.</summary>
internal static class CheckVerb
{
    public static int Execute(CheckArguments arguments) => Verb.Execute("check", arguments.Replay(), () => Run(arguments));

    private static int Run(CheckArguments arguments)
    {
        ISearch search = Scopes.Make(arguments);
        int? only = arguments.Property is { } id ? IndexOf(search.Properties, id) : null;
        if (arguments.Presentation.Out is { } folder) TraceFolder.ProveWritable(folder);

        using Interruption interrupt = new();
        StandardOutput output = new();
        ProgressLine progress = new();
        CheckpointFolder checkpoint = new(arguments);
        Exploration found = Explored(search, checkpoint, new()
        {
            Workers = arguments.Workers ?? CommonOptions.DefaultWorkers,
            Symmetry = arguments.Symmetry,
            OnlyProperty = only,
            MaxStates = arguments.MaxStates,
            MaxMemory = (long?)(arguments.MaxMemory * (1L << 30)),
            CheckpointTo = checkpoint.Path,
            CheckpointEvery = TimeSpan.FromSeconds(arguments.CheckpointEvery ?? 60),
            ResumeFrom = arguments.Resume,
            Progress = at => progress.Show(Told(at)),
            Cancel = interrupt.Token,
        });
        progress.Clear();

        CheckOutcome outcome = new()
        {
            Found = found,
            Covers = search.Covers,
            Omits = search.Omits,
            Actions = search.Actions,
            Trace = search.TraceOf(found),
            Seconds = progress.Elapsed.TotalSeconds,
            AllowsVacuous = arguments.AllowVacuous,
        };
        TraceFolder.Attempt attempt = outcome.Trace is { } trace
            ? TraceFolder.TryWrite(arguments.Presentation.Folder, trace.Property, TraceFile.Of(trace, new("check", found.Scope, arguments.Fault, arguments.Replay())))
            : default;
        outcome = outcome with { TraceFile = attempt.Path };

        output.Write(arguments.Presentation.IsJson ? AnswerJson.Text(CheckAnswer.Of(arguments, outcome)) : CheckText.Of(arguments, outcome));
        output.ThrowIfFailed();
        attempt.ThrowIfFailed();
        return outcome.ExitCode;
    }

    private static Exploration Explored(ISearch search, CheckpointFolder checkpoint, ExplorationOptions options)
    {
        Exploration? found = null;
        try
        {
            found = search.Run(options);
            if (options.OnlyProperty is { } only) found = found with { Properties = [found.Properties[only]] };
            return checkpoint.Settled(found);
        }
        catch (CheckpointException e)
        {
            throw new BadInputException("--resume", e.Message);
        }
        catch (InsufficientMemoryException e)
        {
            throw new UsageException($"--max-memory is too little: {e.Message}");
        }
        finally
        {
            if (found is null) checkpoint.Remove();
        }
    }

    private static int IndexOf(IReadOnlyList<Property> properties, string id)
    {
        for (int i = 0; i < properties.Count; i++)
        {
            if (string.Equals(properties[i].Id, id, StringComparison.OrdinalIgnoreCase)) return i;
        }

        throw new UsageException($"There is no property '{id}' in this scope; there are {string.Join(", ", properties.Select(p => p.Id))}");
    }

    private static string Told(ExplorationProgress at)
    {
        string estimate = at.Estimate is { } all && all > at.States ? $", of perhaps {all:N0}" : "";
        string note = at.Note is { } said ? $"; {said}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"checking: {at.States:N0} states{estimate}, {at.StatesPerSecond:N0}/s, depth {at.Depth}, frontier {at.Frontier:N0}, {Words.Bytes(at.Bytes)}{note}");
    }
}
