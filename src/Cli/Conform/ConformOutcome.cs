using Conformance.Campaigns;
using Conformance.Runs;
using Conformance.Scripts;
using Conformance.Simulation;
using Conformance.Traces;
using Model;
using Model.Rings;

namespace Cli.Conform;

/// <summary>A failure that the campaign found, and the file that it was written to.</summary>
internal sealed record KeptFailure(FailureGroup Group, TraceFolder.Attempt Trace);

/// <summary>Everything there is to say about a campaign.</summary>
/// <param name="Stopped">"time" or "interrupted" if the campaign ended before its cases did; else null</param>
/// <param name="Rings">steps of ring protection that were taken; null on real Xen, beside which nobody looks on at each way out of guest code</param>
/// <param name="Executed">what was played as guest code too; null on real Xen, where everything is</param>
internal sealed record ConformOutcome(
    StageShape Shape, CampaignOutcome Campaign, IReadOnlyList<KeptFailure> Failures, PathCost Direct, PathCost? Executed, GuardSet Fired, RingStepSet? Rings, string? Stopped)
{
    public Verdict Verdict =>
        Failures.Any(f => ScriptTrace.VerdictOf(f.Group.Minimal.Failure) == "violated") ? Verdict.Violated
        : Failures.Count > 0 ? Verdict.Diverged
        : Campaign.Cases == 0 || Stopped == "interrupted" ? Verdict.Inconclusive
        : Verdict.Holds;

    public int ExitCode => Verdict switch
    {
        Verdict.Violated => Cli.ExitCode.Violated,
        Verdict.Diverged => Cli.ExitCode.Diverged,
        _ when Stopped == "interrupted" => Cli.ExitCode.Interrupted,
        Verdict.Inconclusive => Cli.ExitCode.Inconclusive,
        _ => Cli.ExitCode.Holds,
    };

    /// <summary>Guards of the model that a script can fire.</summary>
    public int Reachable => Guards.All.Count(g => g.WhyNot(Is32Bit) is null);

    /// <summary>Those that no script can fire.</summary>
    public IEnumerable<string> OutOfReach => Guards.All.Where(g => g.WhyNot(Is32Bit) is not null).Select(g => g.Id);

    /// <summary>Steps of ring protection that a script can take.</summary>
    public int ReachableSteps => RingReach.All(Is32Bit).Count(r => r.Impossible is null);

    /// <summary>Those that no script can take.</summary>
    public IEnumerable<string> StepsOutOfReach => RingReach.All(Is32Bit).Where(r => r.Impossible is not null).Select(r => $"{r.Step}");

    private bool Is32Bit => Shape.Space.IsNarrow;

    /// <summary>Those of them that none did.</summary>
    public IReadOnlyList<string> MissingSteps => Rings is { } taken ? [.. RingReach.Missing(taken, Is32Bit).Select(step => step.ToString())] : [];

    /// <summary>Guards that a script can fire and none did.</summary>
    public IReadOnlyList<string> Missing => [.. Guards.Missing(Fired, Is32Bit).Select(g => g.Id)];
}
