using Checking.Traces;
using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Conformance.Watch;
using Model;

namespace Conformance.Traces;

/// <summary>A script and how it went as an ITF trace: the stage, state by state, and in <c>#meta</c> all that replays it.</summary>
public static class ScriptTrace
{
    /// <summary>What the member <c>kind</c> says of such traces.</summary>
    public const string Kind = "conform";

    private const string ActionTaken = "mbt::actionTaken", NondetPicks = "mbt::nondetPicks";

    private static readonly string[] Variables = ["frames", "entries", "vcpus", "differences", ActionTaken, NondetPicks];

    /// <summary>The trace of a result. The script is played once more on the simulator, for its states.</summary>
    /// <remarks>For a result of real Xen the states are those of our hypervisor without a fault, which agree with it up to the failure.</remarks>
    /// <param name="result">the result to be kept</param>
    /// <param name="origin">where it comes from</param>
    public static ItfTrace Of(CaseResult result, ScriptOrigin origin)
    {
        StageRecorder recorder = new();
        Script played = result.Script with { Acts = [.. result.Script.Acts.Take(result.Steps.Count)] };
        using Simulator simulator = new(result.Script.Shape, new() { Fault = origin.Fault });
        simulator.Run(played, recorder);
        return Of(result, origin, recorder.States);
    }

    /// <param name="states">the stage before the script, and after each act as far as is known</param>
    public static ItfTrace Of(CaseResult result, ScriptOrigin origin, IReadOnlyList<StageState> states) => new(
        Meta(result, origin),
        Variables,
        [State(result, 0, states[0]), .. result.Steps.Select((_, i) => State(result, i + 1, states[Math.Min(i + 1, states.Count - 1)]))]);

    /// <summary><c>violated</c>: a hole; <c>diverged</c>: any other difference; <c>holds</c>.</summary>
    public static string VerdictOf(Failure? failure) => failure switch
    {
        null => "holds",
        { Class: FailureClass.Laxer } or { Witness: not null } => "violated",
        _ => "diverged",
    };

    private static ItfValue.Record Meta(CaseResult result, ScriptOrigin origin)
    {
        Failure? failure = result.Failure;
        return ItfValue.Of(
            ("format", "ITF"),
            ("format-description", "https://apalache-mc.org/docs/adr/015adr-trace.html"),
            ("source", $"{Kind} --target {origin.Target}"),
            ("description", failure is null ? "no failure" : $"{failure.Claim}: {failure.Says}"),
            ("varTypes", ItfValue.Of(
                ("frames", "Str -> { owner: Str, type: Str, typeCount: Int, references: Int, pinned: Bool, validated: Bool, partial: Bool }"),
                ("entries", "<<Str, Int>> -> { target: Str, bits: Set(Str) }"),
                ("vcpus", "Str -> { root: Str, userRoot: Str, inKernel: Bool, cachedRead: Set(Str), cachedWrite: Set(Str) }"),
                ("differences", "Str -> { model: Str, target: Str }"),
                (ActionTaken, "Str"),
                (NondetPicks, "{ actor: Str, arguments: Str }"))),
            ("ringfence", ItfValue.Of(
            [
                ("schema", 1L),
                ("kind", Kind),
                ("toolVersion", FindingTrace.ToolVersion),
                ("specHash", typeof(ClauseAttribute).Module.ModuleVersionId.ToString("N")),
                ("scenario", $"{Kind} --target {origin.Target}{(origin.Fault is { } fault ? $" --fault {fault}" : "")}"),
                ("target", origin.Target),
                ("fault", origin.Fault ?? ""),
                ("seed", origin.Seed),
                ("script", ScriptText.Write(result.Script)),
                ("verdict", VerdictOf(failure)),
                ("property", failure?.Claim ?? ""),
                .. failure is null ? [] : OfFailure(failure),
            ])));
    }

    private static (string, ItfValue)[] OfFailure(Failure failure) =>
    [
        ("violationStep", failure.Step + 1L),
        ("class", $"{failure.Class}"),
        ("says", failure.Says),
        ("expected", failure.Expected),
        ("got", failure.Got),
        ("witness", failure.Witness ?? ""),
        ("granted", failure.IsGranted),
    ];

    private static ItfState State(CaseResult result, int index, StageState stage)
    {
        Act? act = index == 0 ? null : result.Script.Acts[index - 1];
        List<(string, ItfValue)> meta = [("index", (long)index)];
        if (act is not null) meta.Add(("action", Action(result, index - 1)));
        if (result.Failure is { } failure && failure.Step == index - 1)
            meta.AddRange([("violates", failure.Claim), ("witness", failure.Witness ?? failure.Got)]);

        return new(new(meta), new Dictionary<string, ItfValue>
        {
            ["frames"] = new ItfValue.Map([.. stage.Frames.Select(f => ((ItfValue)f.Name, (ItfValue)FindingTrace.Frame(f.Facts)))]),
            ["entries"] = new ItfValue.Map([.. stage.Entries.Select(e =>
                ((ItfValue)new ItfValue.Tuple([e.Table, (long)e.Slot]), (ItfValue)ItfValue.Of(("target", e.Target), ("bits", FindingTrace.Bits(e.Value)))))]),
            ["vcpus"] = new ItfValue.Map([.. stage.Vcpus.Select(v => ((ItfValue)v.Name, (ItfValue)Vcpu(v)))]),
            ["differences"] = new ItfValue.Map([.. stage.Differences.Select(d => ((ItfValue)d.What, (ItfValue)Differing(d)))]),
            [ActionTaken] = act?.Row.Name ?? "init",
            [NondetPicks] = ItfValue.Of(("actor", act is null ? "" : Actor(act)), ("arguments", act is null ? "" : Arguments(act))),
        });
    }

    private static ItfValue.Record Action(CaseResult result, int step)
    {
        Act act = result.Script.Acts[step];
        StepResult came = result.Steps[step];
        List<(string, ItfValue)> fields =
        [
            ("vcpu", Actor(act)),
            ("call", act.Row.Name),
            ("args", Arguments(act)),
            ("result", $"{came}"),
            ("kind", $"{came.Kind}"),
            ("value", came.Value),
        ];
        if (result.Failure is { } failure && failure.Step == step) fields.Add(("expected", failure.Expected));
        return new(fields);
    }

    private static string Actor(Act act) => $"d{act.Domain}v{act.Vcpu}";

    /// <summary>The act's line without the actor and the name, which stand beside it; and where it is interrupted, if it is.</summary>
    private static string Arguments(Act act)
    {
        string line = ScriptText.Write(act with { PausesAt = null });
        string rest = line[(line.IndexOf(act.Row.Name, StringComparison.Ordinal) + act.Row.Name.Length)..].TrimStart();
        return act.PausesAt is { } chance ? $"{rest} (interrupted at chance {chance})".TrimStart() : rest;
    }

    private static ItfValue.Record Vcpu(StageVcpu v) => ItfValue.Of(
        ("root", v.Root),
        ("userRoot", v.UserRoot),
        ("inKernel", v.IsInKernel),
        ("cachedRead", new ItfValue.Set([.. v.CachedRead.Select(f => (ItfValue)f)])),
        ("cachedWrite", new ItfValue.Set([.. v.CachedWrite.Select(f => (ItfValue)f)])));

    private static ItfValue.Record Differing(Difference d) => ItfValue.Of(("model", d.Model), ("target", d.Implementation));
}
