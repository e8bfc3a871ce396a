using System.Text.RegularExpressions;
using Checking;
using Checking.Memory;
using Checking.PageTypes;
using Checking.Replaying;
using Checking.Rings;
using Checking.Traces;
using Cli.Check;
using Conformance.Campaigns;
using Conformance.Runs;
using Conformance.Traces;
using Model.Faults;

namespace Cli.Replay;

/// <summary>Replays a trace of <c>check</c> or <c>refute</c>: on the model of its scope, or as a script.</summary>
internal static class SearchReplay
{
    /// <summary>A trace may be anybody's: no string of it makes a search of it long.</summary>
    private const RegexOptions Linear = RegexOptions.NonBacktracking;

    private static readonly Regex
        Answered = new(@"\s+(= [^=]*|\(given up half-way\))$", Linear);

    /// <summary>What the trace says of itself.</summary>
    private sealed record Origin(string Kind, CheckArguments Scope, string? Fault, ReplayVerdict Verdict);

    public static ReplayOutcome Run(ReplayArguments arguments, ItfTrace trace)
    {
        Origin origin = TraceInput.Checked(arguments.Trace, () => OriginOf(trace));
        RecordedStep[] steps = TraceInput.Checked(arguments.Trace, () => trace.States.Select(Step).ToArray());
        string? fault = arguments.FaultOr(origin.Fault);
        return TraceInput.Checked(arguments.Trace, () => arguments.On is null or ReplayArguments.Model
            ? OnModel(origin, steps, fault)
            : AsScript(origin, steps, arguments.On, fault));
    }

    private static ReplayOutcome OnModel(Origin origin, RecordedStep[] steps, string? fault)
    {
        IReadOnlyList<ReplayedStep> done = Replayed(origin, steps, fault);
        return new(
            origin.Kind,
            ReplayArguments.Model,
            fault,
            [.. done.Skip(1).Select(s => new ReplayStep(
                Asked(s.Recorded.Action),
                Answer(s.Recorded.Action),
                s.Done is { } action ? Answer(action) : "cannot be done here",
                null,
                [.. s.Differences.Select(d => $"{d.Fact}: {d.After ?? "none"}, and in the trace {d.Before ?? "none"}")]))],
            origin.Verdict,
            VerdictOf(done, origin.Verdict.Property));
    }

    private static IReadOnlyList<ReplayedStep> Replayed(Origin origin, RecordedStep[] steps, string? fault)
    {
        object model = fault == origin.Fault ? ModelOf(origin) : Scopes.ModelOf(origin.Scope with { Fault = fault });
        return model switch
        {
            MemoryModel memory => new MemoryReplay(memory.Memory).Run(steps),
            PageTypesModel pageTypes => ExplorableReplay.Run(pageTypes, steps),
            RingModel rings => ExplorableReplay.Run(rings, steps),
            _ => throw new InvalidOperationException($"nobody replays {model}"),
        };
    }

    /// <summary>The model of the scope as the trace has it: what is wrong with that is wrong with the trace.</summary>
    private static object ModelOf(Origin origin)
    {
        try
        {
            return Scopes.ModelOf(origin.Scope with { Fault = origin.Fault });
        }
        catch (Exception e) when (e is ScopeException or UsageException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private static ReplayOutcome AsScript(Origin origin, RecordedStep[] steps, string on, string? fault)
    {
        if (ModelOf(origin) is not MemoryModel memory)
            throw new InvalidDataException($"the scope {origin.Scope.Scope} has no counterpart on the stage of scripts.");

        ScopeScript script = new(memory.Memory);
        new MemoryReplay(memory.Memory) { Doing = script.Add }.Run(steps);
        CaseResult now = ScriptReplay.Play(on, script.Done(), fault);
        string?[] recorded = [.. steps.Skip(1).Select(s => Answer(s.Action))];
        return new(origin.Kind, on, fault, ScriptReplay.Steps(now, recorded, AnswerOf), origin.Verdict, ScriptReplay.VerdictOf(now));
    }

    /// <summary>What an act came to, in the form of traces of searches, which have answers of hypercalls only.</summary>
    private static string? AnswerOf(StepResult result) => result.Kind == StepKind.Done ? null : ScriptReplay.Told(result);

    private static ReplayVerdict VerdictOf(IReadOnlyList<ReplayedStep> steps, string? wanted)
    {
        for (int i = 0; i < steps.Count; i++)
        {
            if (steps[i].Broken.Count == 0) continue;
            var (property, says, witness) = steps[i].Broken.FirstOrDefault(b => b.Property == wanted, steps[i].Broken[0]);
            return new(Verdict.Violated, property, says, i, null, witness);
        }

        return ReplayVerdict.Holds;
    }

    private static Origin OriginOf(ItfTrace trace)
    {
        ItfValue.Record ours = trace.Meta.Record("ringfence");
        string kind = ours.Text("kind"), fault = ours.Text("fault"), property = ours.Text("property");
        CheckArguments scope = CheckCommand.ReadScope(ours.Text("scenario"))
            ?? throw new InvalidDataException($"'{ours.Text("scenario")}' is no scope.");
        ReplayVerdict verdict = new(Verdict.Violated, property, null, (int)ours.Whole("violationStep", 0, trace.States.Count - 1), null, null);
        return new(kind, scope, fault.Length > 0 ? fault : null, verdict);
    }

    private static RecordedStep Step(ItfState state)
    {
        ItfValue.Record values = new([.. state.Values.Select(v => (v.Key, v.Value))]);
        Dictionary<string, string> facts = [];
        foreach ((ItfValue key, ItfValue value) in values.Map("facts").Pairs)
        {
            if (key is not ItfValue.Text name || value is not ItfValue.Text says || !facts.TryAdd(name.Value, says.Value))
                throw new InvalidDataException("'facts' is no map from strings to strings.");
        }

        return new(values.Record("mbt::nondetPicks").Text("arguments"), facts);
    }

    private static string Asked(string action) => Answered.Replace(action, "").TrimEnd();

    private static string? Answer(string action) => Answered.Match(action) is { Success: true } m ? m.Value.Trim() : null;
}
