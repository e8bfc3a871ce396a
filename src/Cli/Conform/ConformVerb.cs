using System.Globalization;
using Conformance.Campaigns;
using Conformance.Generation;
using Conformance.RealXen;
using Conformance.Scripts;
using Conformance.Simulation;
using Conformance.Traces;
using Implementation.Hypervisor;
using Model;

namespace Cli.Conform;

/// <summary>Carries out <c>ringfence conform</c>.</summary>
internal static class ConformVerb
{
    /// <summary>A boot of real Xen costs more than a second, so it is given many scripts at a time.</summary>
    private const int XenRound = 2000;

    public static int Execute(ConformArguments arguments) => Verb.Execute("conform", arguments.Again(), () => Run(arguments));

    private static int Run(ConformArguments arguments)
    {
        StageShape shape = ShapeOf(arguments);
        TraceFolder.ProveWritable(arguments.Presentation.Folder);
        using Interruption interruption = new();
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token);
        if (arguments.Time is { } seconds) time.CancelAfter(TimeSpan.FromSeconds(seconds));

        ShrinkOptions shrinking = new() { Cancel = interruption.Token };
        ConformOutcome outcome = arguments.IsOnXen
            ? OnXen(arguments, shape, shrinking with { MostEnumerated = 0 }, time.Token)
            : OnSimulator(arguments, shape, shrinking, time.Token);
        bool isWhole = !outcome.Failures.Any(f => f.Group.IsCutShort)
            && (outcome.Campaign.Cases >= arguments.Cases || (outcome.Failures.Count > 0 && !arguments.KeepsGoing));
        outcome = outcome with { Stopped = isWhole ? null : interruption.Token.IsCancellationRequested ? "interrupted" : time.IsCancellationRequested ? "time" : null };

        StandardOutput output = new();
        output.Write(arguments.Presentation.IsJson ? AnswerJson.Text(ConformAnswer.Of(arguments, outcome)) : ConformText.Of(arguments, outcome));
        output.ThrowIfFailed();
        foreach (KeptFailure failure in outcome.Failures) failure.Trace.ThrowIfFailed();
        return outcome.ExitCode;
    }

    private static StageShape ShapeOf(ConformArguments arguments)
    {
        if (!arguments.IsOnXen) return new(arguments.Domains ?? 2, arguments.Vcpus ?? 2, arguments.Kind);
        if (arguments.Kind != DomainKind.Pv64)
            throw new UsageException("--mode pv32pae is for the simulator: Debian's Xen is built without 32-bit guests");
        if (arguments.Domains is > 1 || arguments.Vcpus is > 1)
            throw new UsageException("Real Xen is asked by its first domain with one vCPU only");
        if (arguments.Fault is { } fault) throw new UsageException($"--fault {fault} cannot be made again in real Xen");
        return new();
    }

    private static ConformOutcome OnSimulator(ConformArguments arguments, StageShape shape, ShrinkOptions shrinking, CancellationToken cancel)
    {
        using BothPaths target = new(shape, arguments.Fault);
        CampaignOptions options = new(arguments.Cases, arguments.Seed, GeneratorOf(arguments, shape), s => new BothPaths(s, arguments.Fault))
        {
            Fired = () => target.Fired,
            RingsTaken = () => target.RingsTaken,
            Shrinking = shrinking,
            Cancel = cancel,
        };
        CampaignOutcome campaign = Play(arguments, target, options);
        return new(shape, campaign, Keep(arguments, target.Name, campaign), target.Direct, target.Executed, target.Fired, target.RingsTaken, null);
    }

    private static ConformOutcome OnXen(ConformArguments arguments, StageShape shape, ShrinkOptions shrinking, CancellationToken cancel)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        using XenTarget target = RealXen.Start(cancel);
        CampaignOptions options = new(arguments.Cases, arguments.Seed, GeneratorOf(arguments, shape), _ => RealXen.Start(cancel))
        {
            Fired = () => target.Fired,
            Round = XenRound,
            Shrinking = shrinking,
            Cancel = cancel,
        };
        CampaignOutcome campaign = Play(arguments, target, options);
        return new(shape, campaign, Keep(arguments, target.Name, campaign), new(target.Requests, Environment.CpuUsage.TotalTime - before), null, target.Fired, null, null);
    }

    private static GeneratorOptions GeneratorOf(ConformArguments arguments, StageShape shape) => new(shape, arguments.ActsOfScript) { ForRealXen = arguments.IsOnXen };

    private static CampaignOutcome Play(ConformArguments arguments, ITarget target, CampaignOptions options)
    {
        ProgressLine line = new();
        CampaignOutcome outcome = Campaign.Run(
            options with { Kept = FailureStore.Find(target.Name, arguments.Fault, arguments.Kind), KeepGoing = arguments.KeepsGoing }, target, new Shown(line, arguments.Cases));
        line.Clear();
        return outcome;
    }

    private static KeptFailure[] Keep(ConformArguments arguments, string target, CampaignOutcome campaign) =>
        [.. campaign.Groups.Select(g => new KeptFailure(g, FailureStore.Keep(arguments.Presentation.Folder, g.Minimal, new(target, arguments.Fault, arguments.Seed))))];

    /// <summary>Tells of progress on the thread that makes it.</summary>
    private sealed class Shown(ProgressLine line, int cases) : IProgress<int>
    {
        public void Report(int played) => line.Show(string.Create(CultureInfo.InvariantCulture, $"{played:N0} of {cases:N0} cases in {Words.Seconds(line.Elapsed.TotalSeconds)}"));
    }
}
