using System.Globalization;
using System.Text.RegularExpressions;
using Conformance.Campaigns;
using Conformance.Reports;
using Conformance.Simulation.Lowering;
using Conformance.Watch;
using Model;

namespace Conformance.Simulation;

/// <summary>Turns what the watch found into the failure of a script.</summary>
internal static partial class Verdicts
{
    private const string Refinement = "R-1";

    /// <param name="stage">knows the names of frames</param>
    [Clause("CA-6")]
    public static Failure Of(int step, Finding finding, ModelWatch watch, StageView stage)
    {
        (long expected, long got) = watch.Decision;
        bool isGranted = expected < 0 && got >= 0;
        FailureClass kind = finding.IsViolation || isGranted ? FailureClass.Laxer // CA-6.a
            : expected >= 0 && got < 0 ? FailureClass.Stricter // CA-6.b
            : FailureClass.StateDiffers; // CA-6.c
        return new(
            kind,
            step,
            finding.IsViolation || expected >= 0 ? finding.Claim : watch.Model.Decided ?? finding.Claim,
            finding.Says,
            Named(Told(finding, d => d.Model, expected), stage),
            Named(Told(finding, d => d.Implementation, got), stage),
            finding.Witness is { } witness ? Named(witness, stage) : null)
        {
            IsGranted = isGranted,
        };
    }

    /// <summary>The hypervisor threw (CA-6.d), which would have been the end of the host; or guest code of ours was led astray.</summary>
    public static Failure OfCrash(int step, Exception cause) => new(
        FailureClass.Crash, step, Refinement, "The hypervisor goes on, whatever a guest asks of it.", "an answer",
        cause is LostException ? cause.Message : $"the hypervisor stopped: {cause.Message}");

    private static string Told(Finding finding, Func<Difference, string> side, long answer) =>
        finding.Differences.Count == 0 ? FindingReport.Answer(answer) : string.Join("; ", finding.Differences.Select(d => $"{d.What}: {side(d)}"));

    private static string Named(string text, StageView stage) => MachineFrame().Replace(
        text, m => stage.NameOf(new(ulong.Parse(m.Groups[1].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))));

    [GeneratedRegex("mfn:([0-9a-f]+)")]
    private static partial Regex MachineFrame();
}
