using Checking.Traces;
using Conformance.Campaigns;
using Conformance.Faults;
using Conformance.RealXen;
using Conformance.Reports;
using Conformance.Runs;
using Conformance.Scripts;
using Conformance.Simulation;
using Conformance.Traces;
using Implementation.Hypervisor;

namespace Cli.Replay;

/// <summary>Replays a script, from a trace of <c>conform</c> or made of one of another verb.</summary>
internal static class ScriptReplay
{
    /// <summary>Present, writable, user, accessed, dirty.</summary>
    private const ulong WritableEntry = 0x67;

    public static ReplayOutcome Run(ReplayArguments arguments, ItfTrace trace)
    {
        RecordedScript recorded = TraceInput.Checked(arguments.Trace, () => ScriptTraceReader.Read(trace));
        string on = arguments.On ?? (recorded.Origin.Target == ReplayArguments.Simulator ? ReplayArguments.Simulator : ReplayArguments.Xen);
        string? fault = (arguments with { On = on }).FaultOr(recorded.Origin.Fault);
        CaseResult now = TraceInput.Checked(arguments.Trace, () => Play(on, recorded.Result.Script, fault));
        return new(ScriptTrace.Kind, on, fault, Steps(now, [.. recorded.Result.Steps.Select(Told)], Told), VerdictOf(recorded.Result), VerdictOf(now));
    }

    /// <summary>Plays a script and says how it went.</summary>
    /// <exception cref="UsageException">the fault cannot be made again there</exception>
    /// <exception cref="InvalidDataException">the script is not for real Xen; the message is one sentence</exception>
    /// <exception cref="BadInputException">real Xen is not there</exception>
    public static CaseResult Play(string on, Script script, string? fault)
    {
        if (on == ReplayArguments.Xen) return PlayOnXen(script);
        if (fault is not null && !FaultCatalogue.Names.Contains(fault))
            throw new UsageException($"The {on} has no fault '{fault}'; there are {string.Join(", ", FaultCatalogue.Names)}, {ReplayArguments.NoFault}");

        using Simulator simulator = new(script.Shape, new() { Fault = fault, ModelFault = on == ReplayArguments.Model ? fault : null });
        return simulator.Run(script);
    }

    private static CaseResult PlayOnXen(Script script)
    {
        if (script.Shape.Kind != DomainKind.Pv64) throw new InvalidDataException("its domains are 32-bit ones, and Debian's Xen is built without 32-bit guests.");
        if (script.Shape.Vcpus > 1 || !script.Acts.All(IsOfFirstDomain))
            throw new InvalidDataException("it has several domains or vCPUs, and real Xen is asked by its first domain only.");

        using Interruption interruption = new();
        using XenTarget xen = RealXen.Start(interruption.Token);
        return xen.Run([new Script(new(), [.. script.Acts, .. Probes(script)])]).Single();
    }

    /// <summary>
    /// Every address that the script wrote to is written to once more, with an entry that no audit lets through: where Xen has forgotten the translation,
    /// that is a page fault.
    /// </summary>
    private static IEnumerable<Act> Probes(Script script) =>
        from act in script.Acts
        where act.Operation == Operation.Write
        group act by act[0] into writes
        select new Act(1, 0, Operation.Write, writes.Key, Operand.Machine(1, StageFrame.L1, WritableEntry));

    /// <summary>Neither the actor nor anything that it names is another domain's.</summary>
    private static bool IsOfFirstDomain(Act act) => act.Domain == 1 && act.Operands.All(o => o.Domain <= 1) && act.Members.All(IsOfFirstDomain);

    public static ReplayVerdict VerdictOf(CaseResult result) => result.Failure is not { } failure
        ? ReplayVerdict.Holds
        : new(
            ScriptTrace.VerdictOf(failure) == "violated" ? Verdict.Violated : Verdict.Diverged,
            failure.Claim,
            failure.Says,
            failure.Step + 1,
            AnswerJson.Name(failure.Class),
            failure.Witness ?? $"{failure.Got}; the model: {failure.Expected}");

    /// <summary>The steps of a replay beside what was recorded of them.</summary>
    /// <param name="told">what an act came to, in the words in which it was recorded</param>
    public static IReadOnlyList<ReplayStep> Steps(CaseResult now, IReadOnlyList<string?> recorded, Func<StepResult, string?> told) =>
    [
        .. now.Script.Acts.Select((act, i) => new ReplayStep(
            $"{act}",
            i < recorded.Count ? recorded[i] : null,
            i < now.Steps.Count ? told(now.Steps[i]) : null,
            now.Failure is { } failure && failure.Step == i ? failure.Expected : null,
            [])),
    ];

    /// <summary>What an act came to, an errno by its name.</summary>
    public static string Told(StepResult result) => result.Kind == StepKind.Answered ? $"= {FindingReport.Answer(result.Value)}" : $"{result}";
}
