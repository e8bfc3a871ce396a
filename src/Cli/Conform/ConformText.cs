using System.Globalization;
using Cli.Replay;
using Conformance.Campaigns;
using Conformance.Runs;
using Implementation.Hypervisor;

namespace Cli.Conform;

/// <summary>The report of a campaign: each failure by its shortest script, then the verdict and what it covers.</summary>
internal static class ConformText
{
    public static string Of(ConformArguments arguments, ConformOutcome outcome)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        foreach (KeptFailure failure in outcome.Failures) WriteFailure(text, failure);
        text.WriteLine(Painted.Headline(arguments.Presentation.IsPlain, outcome.Verdict, Headline(outcome)));
        Faults.Write(text, arguments.Fault);
        text.WriteLine($"      scope        {Scope(arguments, outcome)}");
        text.WriteLine($"      played       {Words.Count(outcome.Campaign.Cases, "case")} of {arguments.ActsOfScript} acts, seed {arguments.Seed}{(outcome.Stopped is { } why ? $"; ended early: {why}" : "")}");
        text.WriteLine($"      requests     {Rates(outcome)}");
        text.WriteLine($"      guards       {outcome.Reachable - outcome.Missing.Count} of the {outcome.Reachable} that a script can fire{(outcome.Missing.Count > 0 ? $"; not: {string.Join(", ", outcome.Missing)}" : "")}");
        text.WriteLine($"                   out of reach: {string.Join(", ", outcome.OutOfReach)} (docs/conform-json.md)");
        WriteRings(text, outcome);
        text.WriteLine("      not covered  scripts that were not drawn; what the model does not speak of: docs/what-is-not-covered.md");
        text.WriteLine($"      again        {arguments.Again()}");
        return text.ToString();
    }

    private static void WriteRings(StringWriter text, ConformOutcome outcome)
    {
        if (outcome.Rings is null) return;
        string missing = outcome.MissingSteps.Count > 0 ? $"; not: {string.Join(", ", outcome.MissingSteps)}" : "";
        text.WriteLine($"      rings        {outcome.ReachableSteps - outcome.MissingSteps.Count} of the {outcome.ReachableSteps} steps of ring protection that a script can take{missing}");
        text.WriteLine($"                   out of reach: {string.Join(", ", outcome.StepsOutOfReach)} (docs/conform-json.md)");
    }

    private static void WriteFailure(StringWriter text, KeptFailure kept)
    {
        (CaseResult minimal, Failure failure) = (kept.Group.Minimal, kept.Group.Minimal.Failure!);
        text.WriteLine($"FAIL  {failure.Claim}  {failure.Says}");
        text.WriteLine($"      {AnswerJson.Name(failure.Class)}: {Meaning(failure.Class)}");
        text.WriteLine();
        for (int i = 0; i < minimal.Script.Acts.Count; i++)
            text.WriteLine($"{i + 1,4}  {minimal.Script.Acts[i]}  {(i < minimal.Steps.Count ? ScriptReplay.Told(minimal.Steps[i]) : "not reached")}");

        text.WriteLine();
        text.WriteLine($"   ✗  step {failure.Step + 1}");
        text.WriteLine($"        model   {failure.Expected}");
        text.WriteLine($"        target  {failure.Got}");
        if (failure.Witness is { } witness) text.WriteLine($"   ✗  {witness}");
        text.WriteLine();
        text.WriteLine($"      {Words.Count(kept.Group.Cases, "case comes", "cases come")} down to this script{(kept.Group.IsCutShort ? "; shrinking was interrupted, a shorter one may do" : "")}");
        TraceText.WriteFile(text, kept.Trace.Path);
        text.WriteLine();
    }

    private static string Meaning(FailureClass @class) => @class switch
    {
        FailureClass.Laxer => "the target allows what the model forbids, or breaks an invariant",
        FailureClass.Stricter => "the target refuses what the model allows; no isolation break by itself",
        FailureClass.StateDiffers => "both sides answer, and differ in the answer's error or in the state",
        FailureClass.Crash => "the target crashed, hung, or flooded its console",
        _ => "the model says nothing of it, and two targets differ",
    };

    private static string Headline(ConformOutcome outcome) => outcome.Verdict switch
    {
        Verdict.Holds => $"HOLDS  in {Words.Count(outcome.Campaign.Cases, "case")}",
        Verdict.Inconclusive => $"INCONCLUSIVE  {outcome.Stopped ?? "no case was played"}; nothing failed in {Words.Count(outcome.Campaign.Cases, "case")}",
        Verdict.Violated => $"VIOLATED  {Claims(outcome)}",
        _ => $"DIVERGED  {Claims(outcome)}",
    };

    private static string Claims(ConformOutcome outcome) => string.Join(", ", outcome.Failures.Select(f => f.Group.Minimal.Failure!.Claim).Distinct());

    private static string Scope(ConformArguments arguments, ConformOutcome outcome) =>
        $"random scripts on a stage of {Words.Count(outcome.Shape.Domains, arguments.Kind == DomainKind.Pv64 ? "domain" : "32-bit domain")} with {Words.Count(outcome.Shape.Vcpus, "vCPU")} each, answers and state compared after every act"
        + (arguments.IsOnXen ? " on our hypervisor; on real Xen answers, and readable state at the end" : "");

    private static string Rates(ConformOutcome outcome) =>
        outcome is { Shape.Kind: DomainKind.Pv32Pae, Executed: { } only } ? $"{only.Requests:N0} as executed guest code, {only.PerCpuSecond:N0} per CPU second"
        : $"{outcome.Direct.Requests:N0}, {outcome.Direct.PerCpuSecond:N0} per CPU second"
        + (outcome.Executed is { } executed ? $"; of them {executed.Requests:N0} as executed guest code too, {executed.PerCpuSecond:N0} per CPU second" : "");
}
