using Conformance.Campaigns;
using Conformance.Generation;
using Conformance.Scripts;
using Conformance.Simulation;
using Conformance.Tests.Lowering;
using Conformance.Traces;
using Implementation.Hypervisor;
using Model;
using Model.Rings;

namespace Conformance.Tests.Simulation;

/// <summary>Scripts of 32-bit domains.</summary>
public sealed class NarrowStageTests
{
    private const string Header = "stage domains=1 vcpus=1 mode=pv32pae\n", Update = "d1v0 mmu_update foreign=domid_self done=0 | ";

    private static readonly StageShape Shape = new(Kind: DomainKind.Pv32Pae);

    [Fact]
    public void A_stage_says_of_what_kind_it_is()
    {
        Script script = ScriptText.Read(Header + "d1v0 enter_user\n");
        Assert.Equal(Shape, script.Shape);
        Assert.Equal(Header + "d1v0 enter_user\n", ScriptText.Write(script));
    }

    /// <summary>At the window is f3; two writes of four bytes make an entry of eight, which Xen carries out for the guest.</summary>
    [Fact]
    public void Accesses_move_four_bytes()
    {
        IReadOnlyList<StepResult> steps = Play(
            "d1v0 write address=0x40000004 value=0x1122334455667788", "d1v0 read address=0x40000004", "d1v0 read address=0x40000000",
            Update + "frame=f2 slot=1 kind=normal entry=f2:0x25", "d1v0 write address=0x40001010 value=f3:0x67", "d1v0 read address=0x40002000");
        Assert.Equal([0, 0x55667788, 0, 0, 0, 0], steps.Select(s => s.Value));
        Assert.Equal(StepKind.Done, steps[^1].Kind);
    }

    [Fact]
    public void Applications_call_their_kernel_and_ask_nothing_of_Xen() => Assert.Equal(
        ["done", "left out", "done", "done", "= 0"],
        Play("d1v0 enter_user", "d1v0 sched_op.yield", "d1v0 read address=0x40000000", "d1v0 enter_kernel", "d1v0 sched_op.yield").Select(s => $"{s}"));

    /// <summary>INT 0x82 of an application is a general protection exception; 0x83 is open to it.</summary>
    [Fact]
    public void Gates_are_open_to_the_rings_that_they_name() => Assert.Equal(
        ["trap 129 (0)", "trap 13 (422)", "done", "trap 13 (412)", "trap 131 (0)"],
        Play("d1v0 int vector=0x81", "d1v0 int vector=0x84", "d1v0 enter_user", "d1v0 int vector=0x82", "d1v0 int vector=0x83").Select(s => $"{s}"));

    [Theory]
    [InlineData("instruction which=smsw", "left out")]
    [InlineData("set_segment_base which=fs address=0", "left out")]
    [InlineData("mmuext_op foreign=domid_self done=0 | command=pin_l4 frame=f4 second=0", "= 0")]
    [InlineData("mmu_update foreign=domid_self done=0 | frame=root slot=3 kind=normal entry=0", "= -22")]
    [InlineData("mmu_update foreign=domid_self done=0 | frame=root slot=4 kind=normal entry=0", "= -22")]
    [InlineData("update_va_mapping address=0x40000000 entry=f4:0x67 flush=0", "= 0")]
    [InlineData("update_descriptor frame=f4 slot=1 offset=0 descriptor=0xcfbb000000ffff", "= 0")]
    [InlineData("multicall { sched_op.yield; event_channel_op.alloc_unbound at=buffer domain=domid_self remote=dom1 }", "= 0")]
    public void What_comes_of_an_act(string act, string expected) => Assert.Equal(expected, $"{Play($"d1v0 {act}")[0]}");

    /// <summary>Entries of a multicall, of a list of extents and of an array of frames are words of four bytes.</summary>
    [Fact]
    public void What_later_acts_name_is_found_where_structures_are_narrow()
    {
        IReadOnlyList<StepResult> steps = Play(
            "d1v0 memory_op.decrease_reservation at=buffer list=buffer start=0 order=0 flags=0 domain=domid_self | frame=f5 | frame=f6",
            "d1v0 multicall { sched_op.yield; memory_op.populate_physmap at=buffer list=buffer start=0 order=0 flags=0 domain=domid_self | pfn=0x80 }",
            Update + "frame=f2 slot=1 kind=normal entry=f5:0x67", "d1v0 write address=0x40001000 value=1",
            "d1v0 multicall { event_channel_op.alloc_unbound at=buffer domain=domid_self remote=dom1 }", "d1v0 event_channel_op.close at=buffer port=port0");
        Assert.Equal([2, 0, 0, 0, 0, 0], steps.Select(s => s.Value));
    }

    /// <summary>Whatever a frame says, model and hypervisor agree; those for virtual-8086 mode are copied (TR-18).</summary>
    [Fact]
    public void Every_word_of_a_frame_for_iret_with_every_other()
    {
        using Simulator simulator = new(Shape);
        foreach (Script script in ReturnScripts.Pairs(Shape))
        {
            CaseResult result = simulator.Run(script);
            Assert.True(result.Failure is null, $"{script}{result.Failure}");
        }

        Assert.True(simulator.RingsTaken.Contains(RingStep.EndCopy) && simulator.RingsTaken.Contains(RingStep.CrashAtIret));
    }

    [Fact, Clause("CA-9")]
    public void A_small_campaign_holds_and_takes_most_steps_of_ring_protection()
    {
        StageShape shape = new(2, 2, DomainKind.Pv32Pae);
        using BothPaths target = new(shape);
        CampaignOptions options = new(150, 1, new(shape, 60), s => new BothPaths(s)) { Fired = () => target.Fired, RingsTaken = () => target.RingsTaken };

        CampaignOutcome outcome = Campaign.Run(options, target);

        Assert.Empty(outcome.Groups.Select(g => $"{g.Minimal.Script}{g.Minimal.Failure}"));
        Assert.Equal(0UL, target.Direct.Requests);
        Assert.InRange(RingReach.Missing(target.RingsTaken, is32Bit: true).Count(), 0, 5);
        Assert.InRange(Guards.Missing(target.Fired, is32Bit: true).Count(), 0, 12);
    }

    /// <summary>XSA-182: a linear entry, made writable without an audit.</summary>
    [Fact]
    public void A_mistake_that_is_made_again_is_found_and_its_trace_replays()
    {
        StageShape shape = new(2, 2, DomainKind.Pv32Pae);
        using BothPaths target = new(shape, "XSA-182");
        CampaignOutcome outcome = Campaign.Run(new(400, 1, new(shape, 60), s => new BothPaths(s, "XSA-182")), target);

        CaseResult minimal = Assert.Single(outcome.Groups).Minimal;
        Assert.Equal((Shape, 2, "I-TEXCL"), (minimal.Script.Shape, minimal.Script.Acts.Count, minimal.Failure?.Claim));

        RecordedScript kept = ScriptTraceReader.Read(ScriptTrace.Of(minimal, new("simulator", "XSA-182", 1)));
        using Simulator again = new(kept.Result.Script.Shape, new() { Fault = kept.Origin.Fault }), sound = new(kept.Result.Script.Shape);
        Assert.Equal(minimal.Failure, again.Run(kept.Result.Script).Failure);
        Assert.Null(sound.Run(kept.Result.Script).Failure);
    }

    private static IReadOnlyList<StepResult> Play(params string[] acts)
    {
        using Simulator simulator = new(Shape);
        CaseResult result = simulator.Run(ScriptText.Read(Header + string.Join('\n', acts) + "\n"));
        Assert.Null(result.Failure);
        return result.Steps;
    }
}
