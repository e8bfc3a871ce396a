using System.Reflection;
using Checking.Traces;
using Conformance.Watch;
using Model;

namespace Conformance.Traces;

/// <summary>A finding as an ITF trace: the frames concerned, state by state, with our profile in <c>#meta</c>.</summary>
public static class FindingTrace
{
    /// <summary>Version and revision of this program.</summary>
    public static string ToolVersion { get; } =
        typeof(FindingTrace).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private const string ActionTaken = "mbt::actionTaken", NondetPicks = "mbt::nondetPicks";

    /// <param name="finding">what was found</param>
    /// <param name="scenario">what was run, as the user named it</param>
    /// <param name="seed">the seed of the run</param>
    /// <param name="replay">the command that reproduces it</param>
    public static ItfTrace Of(Finding finding, string scenario, ulong seed, string replay)
    {
        Dictionary<Mfn, FrameFacts> frames = finding.Start.ToDictionary(f => f.Frame, f => f.Facts);
        Dictionary<(Mfn Table, int Slot), Entry> entries = [];
        foreach (StoryStep step in finding.Steps)
        {
            foreach (FrameChange change in step.Frames) frames.TryAdd(change.Frame, change.Before);
            foreach (EntryChange change in step.Entries) entries.TryAdd((change.Table, change.Slot), change.Before);
        }

        List<ItfState> states = [State(0, null, frames, entries, finding)];
        foreach (StoryStep step in finding.Steps)
        {
            foreach (FrameChange change in step.Frames) frames[change.Frame] = change.After;
            foreach (EntryChange change in step.Entries) entries[(change.Table, change.Slot)] = change.After;
            states.Add(State(states.Count, step, frames, entries, finding));
        }

        return new(Meta(finding, scenario, seed, replay), ["frames", "entries", ActionTaken, NondetPicks], states);
    }

    private static ItfValue.Record Meta(Finding finding, string scenario, ulong seed, string replay) => ItfValue.Of(
        ("format", "ITF"),
        ("format-description", "https://apalache-mc.org/docs/adr/015adr-trace.html"),
        ("source", scenario),
        ("description", $"{finding.Claim}: {finding.Says}"),
        ("varTypes", ItfValue.Of(
            ("frames", "Int -> { owner: Str, type: Str, typeCount: Int, references: Int, pinned: Bool, validated: Bool, partial: Bool }"),
            ("entries", "<<Int, Int>> -> { target: Int, bits: Set(Str) }"),
            (ActionTaken, "Str"),
            (NondetPicks, "{ actor: Str, arguments: Str }"))),
        ("ringfence", ItfValue.Of(
            ("schema", 1L),
            ("kind", "run"),
            ("toolVersion", ToolVersion),
            ("specHash", typeof(ClauseAttribute).Module.ModuleVersionId.ToString("N")),
            ("scenario", scenario),
            ("property", finding.Claim),
            ("verdict", finding.IsViolation ? "violated" : "diverged"),
            ("violationStep", (long)finding.Steps.Count),
            ("seed", seed),
            ("replay", replay),
            ("bounds", ItfValue.Of(("stepsLeftOut", finding.Untold))))));

    private static ItfState State(
        int index,
        StoryStep? step,
        Dictionary<Mfn, FrameFacts> frames,
        Dictionary<(Mfn Table, int Slot), Entry> entries,
        Finding finding)
    {
        bool isLast = index == finding.Steps.Count;
        List<(string, ItfValue)> meta = [("index", (long)index)];
        if (step is not null)
        {
            meta.Add(("action", Action(step)));
            meta.Add(("changed", new ItfValue.Sequence([.. Changed(step)])));
        }

        if (isLast) meta.AddRange([("violates", finding.Claim), ("witness", finding.Witness ?? "")]);
        return new(new(meta), new Dictionary<string, ItfValue>
        {
            ["frames"] = new ItfValue.Map([.. frames.OrderBy(f => f.Key.Value).Select(f => ((ItfValue)f.Key.Value, Frame(f.Value)))]),
            ["entries"] = new ItfValue.Map([.. entries.Where(e => e.Value.IsPresent).OrderBy(e => (e.Key.Table.Value, e.Key.Slot))
                .Select(e => ((ItfValue)new ItfValue.Tuple([e.Key.Table.Value, (long)e.Key.Slot]), EntryValue(e.Value)))]),
            [ActionTaken] = step?.Call ?? "init",
            [NondetPicks] = ItfValue.Of(("actor", step?.Actor ?? ""), ("arguments", step?.Arguments ?? "")),
        });
    }

    private static ItfValue.Record Action(StoryStep step)
    {
        List<(string, ItfValue)> fields = [("step", step.Number), ("vcpu", step.Actor), ("call", step.Call), ("args", step.Arguments)];
        if (step.Answer is { } rax) fields.Add(("rc", rax));
        if (step.Expected is { } must) fields.Add(("expected", must));
        return new(fields);
    }

    private static IEnumerable<ItfValue> Changed(StoryStep step)
    {
        if (step.Frames.Count > 0) yield return "frames";
        if (step.Entries.Count > 0) yield return "entries";
    }

    internal static ItfValue.Record Frame(FrameFacts f) => ItfValue.Of(
        ("owner", f.Owner.ToString()),
        ("type", f.Type.ToString()),
        ("typeCount", (ulong)f.TypeCount),
        ("references", (ulong)f.References),
        ("pinned", f.IsPinned),
        ("validated", f.IsValidated),
        ("partial", f.IsPartial));

    private static ItfValue.Record EntryValue(Entry e) => ItfValue.Of(
        ("target", e.Target.Value),
        ("bits", Bits(e)));

    /// <summary>The bits of an entry by name.</summary>
    internal static ItfValue.Set Bits(Entry e) =>
        new([.. Enum.GetValues<EntryFlags>().Where(f => f != EntryFlags.None && e.Has(f)).Select(f => (ItfValue)f.ToString())]);
}
