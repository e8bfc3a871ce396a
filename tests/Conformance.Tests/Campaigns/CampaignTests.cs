using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Model;

namespace Conformance.Tests.Campaigns;

public class CampaignTests
{
    private const int Cases = 130;

    private static readonly StageShape Shape = new();

    private static readonly Script Harmless = ScriptText.Read("stage domains=1 vcpus=1\nd1v0 mmuext_op foreign=domid_self done=0 | command=pin_l1 frame=f4 second=0\n");

    [Fact]
    public void Cases_are_counted_whether_anybody_asks_or_not()
    {
        List<int> told = [];
        using Simulator one = new(Shape), other = new(Shape);
        CampaignOptions options = new(3, 5, new(Shape, 10), s => new Simulator(s));
        Assert.Equal(3, Campaign.Run(options, one).Cases);
        Assert.Equal(3, Campaign.Run(options, other, new Told(told)).Cases);
        Assert.Equal([1, 2, 3], told);
    }

    /// <summary>What is kept from earlier is tried first, and has no say in the scripts and in the guards that are counted after it.</summary>
    [Fact, Clause("CA-9")]
    public void Kept_scripts_leave_guards_and_scripts_alone()
    {
        (List<Script> without, GuardSet fired) = Played([]);
        (List<Script> with, GuardSet firedToo) = Played([Harmless, Harmless]);
        Assert.Equal(Cases, without.Count);
        Assert.Equal(without, with);
        Assert.Equal(Guards.Missing(fired).Select(g => g.Id), Guards.Missing(firedToo).Select(g => g.Id));
    }

    [Fact]
    public void A_kept_script_that_fails_ends_the_campaign()
    {
        const string fault = "XSA-148";
        Script kept = ScriptText.Read("stage domains=1 vcpus=1\nd1v0 mmu_update foreign=domid_self done=0 | frame=f1 slot=1 kind=normal entry=f2:0xe7\n");
        using Simulator target = new(Shape, new() { Fault = fault });
        CampaignOutcome outcome = Campaign.Run(new(Cases, 5, new(Shape), s => new Simulator(s, new() { Fault = fault })) { Kept = [kept] }, target);
        Assert.Equal((1, 1), (outcome.Cases, outcome.Groups.Count));
        Assert.Equal(0UL, target.Requests);
    }

    /// <summary>Asked to end while it shrinks, a campaign tells the smallest script so far, and that it is only that.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Shrinking_can_be_interrupted(int after)
    {
        const string fault = "XSA-401";
        using CancellationTokenSource interrupted = new();
        int played = 0;
        ITarget Fresh(StageShape shape) => new Heard(new Simulator(shape, new() { Fault = fault }), () =>
        {
            if (++played == after) interrupted.Cancel();
        });
        using Simulator target = new(Shape, new() { Fault = fault });
        CampaignOptions options = new(2000, 5, new(Shape), Fresh) { KeepGoing = true, Cancel = interrupted.Token, Shrinking = new() { Cancel = interrupted.Token } };
        FailureGroup group = Assert.Single(Campaign.Run(options, target).Groups);

        Assert.True(group.IsCutShort);
        Assert.NotNull(group.Minimal.Failure);
        Assert.True(group.Minimal.Script.Acts.Count > 3, $"{group.Minimal.Script}");
        Assert.InRange(played, after, after + 10);
    }

    /// <summary>A target that is stopped in the middle of a batch says so by an exception; what it told before stands.</summary>
    [Fact]
    public void What_was_found_before_a_target_was_stopped_is_told()
    {
        const string fault = "XSA-148";
        const int before = 60;
        using CancellationTokenSource stopped = new();
        int begun = 0;
        using Heard target = new(new Simulator(Shape, new() { Fault = fault }), () =>
        {
            if (++begun <= before) return;
            stopped.Cancel();
            stopped.Token.ThrowIfCancellationRequested();
        });
        CampaignOptions options = new(2000, 5, new(Shape), s => new Simulator(s, new() { Fault = fault })) { KeepGoing = true, Cancel = stopped.Token };

        CampaignOutcome outcome = Campaign.Run(options, target);

        Assert.Equal(before, outcome.Cases);
        Assert.NotEmpty(outcome.Groups);
    }

    private static (List<Script> Scripts, GuardSet Fired) Played(Script[] kept)
    {
        List<Script> scripts = [];
        using Simulator simulator = new(Shape);
        using Heard target = new(simulator, scripts.Add);
        CampaignOptions options = new(Cases, 5, new(Shape, 10), s => new Simulator(s)) { Fired = () => simulator.Fired, Kept = kept };
        Assert.Equal(Cases + kept.Length, Campaign.Run(options, target).Cases);
        return (scripts, simulator.Fired);
    }

    private sealed class Told(List<int> numbers) : IProgress<int>
    {
        public void Report(int value) => numbers.Add(value);
    }

    /// <summary>A target that says what it plays.</summary>
    private sealed class Heard(ITarget target, Action<Script> played) : ITarget
    {
        public Heard(ITarget target, Action played) : this(target, _ => played())
        {
        }

        public string Name => target.Name;

        public IEnumerable<CaseResult> Run(IEnumerable<Script> scripts) => target.Run(scripts.Select(script =>
        {
            played(script);
            return script;
        }));

        public void Dispose() => target.Dispose();
    }
}
