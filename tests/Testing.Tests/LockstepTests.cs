using Conformance.Campaigns;
using Conformance.Scripts;
using Implementation.Hypervisor;

namespace Testing.Tests;

/// <summary>What a property over scripts can see, and what it is told.</summary>
public class LockstepTests
{
    private const string Superpage =
        "stage domains=2 vcpus=1\nd1v0 mmu_update foreign=domid_self done=0 | frame=f1 slot=1 kind=normal entry=f2:0xe7\n";

    private static readonly Script Legal = ScriptText.Read("stage domains=2 vcpus=1\nd2v0 read address=0x10000000000\n"),
        Attack = ScriptText.Read(Superpage);

    private static void NobodyWritesAnothers(Moment now)
    {
        foreach (Domain domain in now.Domains)
            Assert.DoesNotContain(now.WritableBy(domain), frame => now.OwnerOf(frame) is { } owner && owner != domain);
    }

    [Fact]
    public void A_script_that_goes_well_says_what_each_act_came_to()
    {
        Assert.Equal([new(StepKind.Done, 0)], Lockstep.Check(Legal).Steps);
        Assert.True(Lockstep.Agrees(Legal));
    }

    [Fact]
    public void A_difference_is_told_with_its_act_its_claim_and_both_sides()
    {
        LockstepException failure = Assert.Throws<LockstepException>(() => Lockstep.Check(Attack, options: new() { Fault = "XSA-148" }));
        Assert.Equal(FailureClass.Laxer, failure.Result.Failure!.Class);
        Assert.StartsWith("after act 1 of 1: d1v0 mmu_update foreign=domid_self done=0 | frame=f1 ", failure.Message);
        Assert.Contains("\nLaxer: I-TBITS ", failure.Message);
        Assert.False(Lockstep.Agrees(Attack, new() { Fault = "XSA-148" }));
        Assert.True(Lockstep.Agrees(Attack));
    }

    /// <summary>By the page walk of the test's own, with a mistake made again that opens memory to its guest.</summary>
    [Fact]
    public void What_a_user_says_of_every_moment_comes_before_what_the_model_says()
    {
        Lockstep.Check(Attack, NobodyWritesAnothers);
        LockstepException failure = Assert.Throws<LockstepException>(() => Lockstep.Check(Attack, NobodyWritesAnothers, new() { Fault = "XSA-148" }));
        Assert.Contains("Assert.DoesNotContain() Failure", failure.Message);
        Assert.IsAssignableFrom<Xunit.Sdk.IAssertionException>(failure.InnerException);
    }

    [Fact]
    public void Every_moment_is_shown_the_one_before_the_first_act_too()
    {
        List<(string?, StepResult?)> seen = [];
        Lockstep.Check(Legal, now => seen.Add((now.Act?.ToString(), now.Result)));
        Assert.Equal([(null, null), ("d2v0 read address=0x10000000000", new StepResult(StepKind.Done, 0))], seen);
    }

    [Fact]
    public void An_objection_before_the_first_act_is_told_as_such()
    {
        Script empty = new(new(), []);
        LockstepException failure = Assert.Throws<LockstepException>(() => Lockstep.Check(empty, _ => throw new InvalidOperationException("no")));
        Assert.Equal("before the first act:\nno", failure.Message);
    }

    [Fact]
    public void A_domain_can_write_what_its_tables_map_writable_and_nothing_else() => Lockstep.Check(Legal, now =>
    {
        foreach (int d in (int[])[1, 2])
        {
            IReadOnlySet<Model.Mfn> writable = now.WritableBy(now.Domains[d - 1]);
            Assert.Contains(now.Stage.FrameOf(d, StageFrame.Data), writable);
            Assert.DoesNotContain(now.Stage.FrameOf(d, StageFrame.L1), writable);
            Assert.DoesNotContain(now.Stage.FrameOf(3 - d, StageFrame.Data), writable);
            Assert.Equal(now.Domains[d - 1], now.OwnerOf(now.Stage.FrameOf(d, StageFrame.Data)));
        }
    });
}
