using System.Reflection;

namespace Checking.Traces;

/// <summary>A trace as ITF: one variable that maps each fact to what it says, and our profile in <c>#meta</c>.</summary>
public static class TraceFile
{
    private const string Facts = "facts", ActionTaken = "mbt::actionTaken", NondetPicks = "mbt::nondetPicks";

    private static readonly string ToolVersion =
        typeof(TraceFile).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public static ItfTrace Of(Trace trace, TraceOrigin origin)
    {
        Dictionary<string, string> facts = trace.Start.ToDictionary();
        List<ItfState> states = [State(trace, 0, facts)];
        foreach (TraceStep step in trace.Steps)
        {
            foreach (Change change in step.Changes)
            {
                if (change.After is { } now) facts[change.Fact] = now;
                else facts.Remove(change.Fact);
            }

            states.Add(State(trace, states.Count, facts));
        }

        return new(Meta(trace, origin), [Facts, ActionTaken, NondetPicks], states);
    }

    private static ItfValue.Record Meta(Trace trace, TraceOrigin origin) => ItfValue.Of(
        ("format", "ITF"),
        ("format-description", "https://apalache-mc.org/docs/adr/015adr-trace.html"),
        ("source", origin.Scope),
        ("description", $"{trace.Property}: {trace.Says}"),
        ("varTypes", ItfValue.Of((Facts, "Str -> Str"), (ActionTaken, "Str"), (NondetPicks, "{ arguments: Str }"))),
        ("ringfence", ItfValue.Of(
            ("schema", 1L),
            ("kind", origin.Verb),
            ("toolVersion", ToolVersion),
            ("specHash", typeof(Model.ClauseAttribute).Module.ModuleVersionId.ToString("N")),
            ("scenario", origin.Scope),
            ("fault", origin.Fault ?? ""),
            ("property", trace.Property),
            ("verdict", "violated"),
            ("violationStep", (long)trace.Steps.Count),
            ("replay", origin.Again))));

    private static ItfState State(Trace trace, int index, Dictionary<string, string> facts)
    {
        TraceStep? step = index > 0 ? trace.Steps[index - 1] : null;
        List<(string, ItfValue)> meta = [("index", (long)index)];
        if (step is not null) meta.Add(("changed", new ItfValue.Sequence([.. step.Changes.Select(c => (ItfValue)c.Fact)])));
        if (index == trace.Steps.Count) meta.AddRange([("violates", trace.Property), ("witness", trace.Witness)]);

        return new(new(meta), new Dictionary<string, ItfValue>
        {
            [Facts] = new ItfValue.Map([.. facts.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => ((ItfValue)f.Key, (ItfValue)f.Value))]),
            [ActionTaken] = step is null ? "init" : Call(step.Action),
            [NondetPicks] = ItfValue.Of(("arguments", step?.Action ?? "")),
        });
    }

    /// <summary>The name of what was done: "d1  mmu_update  mfn:0[0] := ..." begins with the one who did it.</summary>
    private static string Call(string action)
    {
        string[] words = action.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 1 && words[0] is ['d' or 'v', ..] && char.IsAsciiDigit(words[0][^1]) ? words[1] : words[0];
    }
}
