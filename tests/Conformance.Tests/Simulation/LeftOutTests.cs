using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Model;

namespace Conformance.Tests.Simulation;

/// <summary>What the program that performs scripts needs is left alone, and nothing else is.</summary>
public class LeftOutTests
{
    /// <summary>Base of the stage's program, and a frame of it that has no name (its buffer), as numbers that a script may hold.</summary>
    private const string ProgramAddress = "PROGRAM", BufferFrame = "BUFFER", BufferEntry = "ENTRY";

    /// <summary>The last act is left out, and those before it are not.</summary>
    [Theory, Clause("CA-3")]
    [InlineData("v1 vcpu_op.down vcpu=1", "v1 sched_op.yield")]
    [InlineData("v0 enter_user", "v0 sched_op.yield")]
    [InlineData("v0 enter_user", "v0 enter_user")]
    [InlineData("v0 enter_kernel")]
    [InlineData("v0 read address=PROGRAM")]
    [InlineData("v0 write address=PROGRAM value=0")]
    [InlineData("v0 update_va_mapping address=PROGRAM entry=0 flush=0")]
    [InlineData("v0 mmu_update foreign=domid_self done=PROGRAM | frame=f2 slot=1 kind=normal entry=0")]
    [InlineData("v0 mmu_update foreign=domid_self done=0 | frame=root slot=3 kind=normal entry=root:0x25", "v0 read address=0x1ffffc01000")]
    [InlineData("v0 mmuext_op foreign=domid_self done=0 | command=pin_l1 frame=BUFFER second=0")]
    [InlineData("v0 mmu_update foreign=domid_self done=0 | frame=f2 slot=1 kind=normal entry=ENTRY")]
    [InlineData("v0 mmu_update foreign=domid_self done=0 | frame=root slot=0x1ff kind=normal entry=0")]
    [InlineData("v0 mmuext_op foreign=domid_self done=0 | command=new_baseptr frame=f5 second=0")]
    [InlineData("v0 mmuext_op foreign=domid_self done=0 | command=new_user_baseptr frame=f5 second=0", "v0 enter_user")]
    [InlineData("v0 multicall { sched_op.yield; mmuext_op foreign=domid_self done=0 | command=new_baseptr frame=f5 second=0 }")]
    public void What_takes_the_program_away(params string[] acts)
    {
        CaseResult result = Play(acts);

        Assert.Null(result.Failure);
        Assert.Equal(StepKind.LeftOut, result.Steps[^1].Kind);
        Assert.DoesNotContain(result.Steps.SkipLast(1), s => s.Kind == StepKind.LeftOut);
    }

    /// <summary>What comes near to it, and is carried out.</summary>
    [Theory, Clause("CA-3")]
    [InlineData("v0 enter_user", "v0 enter_kernel", "v0 sched_op.yield")]
    [InlineData("v0 mmu_update foreign=domid_self done=0 | frame=root slot=0x12c kind=normal entry=0")]
    [InlineData("v0 mmu_update foreign=domid_self done=0 | frame=f2 slot=0x1ff kind=normal entry=0")]
    [InlineData("v0 mmuext_op foreign=domid_self done=0 | command=new_baseptr frame=root second=0")]
    [InlineData("v0 mmuext_op foreign=domid_self done=0 | command=new_baseptr frame=f2 second=0")]
    [InlineData("v0 mmuext_op foreign=domid_self done=0 | command=new_user_baseptr frame=f5 second=0")]
    [InlineData("v0 vcpu_op.down vcpu=1", "v0 sched_op.yield")]
    public void What_leaves_it(params string[] acts)
    {
        CaseResult result = Play(acts);

        Assert.Null(result.Failure);
        Assert.DoesNotContain(result.Steps, s => s.Kind == StepKind.LeftOut);
    }

    /// <summary>A frame that was given back keeps its name until the next that its domain is given has it.</summary>
    [Fact, Clause("CA-2")]
    public void A_name_goes_over_to_another_frame()
    {
        Names names = new();
        Play(
            names,
            "v0 memory_op.decrease_reservation at=buffer list=buffer start=0 order=0 flags=0 domain=domid_self | frame=f5",
            "v0 memory_op.increase_reservation at=buffer list=buffer start=0 order=0 flags=0 domain=domid_self | room=0");

        Assert.Equal(names.Seen[0], names.Seen[1]);
        Assert.NotEqual(names.Seen[1], names.Seen[2]);
    }

    private static CaseResult Play(params string[] acts) => Play(null, acts);

    private static CaseResult Play(IPlay? play, params string[] acts)
    {
        using Simulator simulator = new(new(1, 2));
        SimulatedStage stage = simulator.FreshStage();
        ulong buffer = stage.BufferFrame(stage.Xen.Domains[0].Vcpus[0]);
        string text = string.Concat(acts.Select(a => $"d1{a}\n"))
            .Replace(ProgramAddress, $"0x{stage.Layout.Base:x}", StringComparison.Ordinal)
            .Replace(BufferFrame, $"0x{buffer:x}", StringComparison.Ordinal)
            .Replace(BufferEntry, $"0x{(buffer << 12) + 0x25:x}", StringComparison.Ordinal);
        return simulator.Run(ScriptText.Read($"stage domains=1 vcpus=2\n{text}"), play);
    }

    /// <summary>Which frame f5 is after each act.</summary>
    private sealed class Names : IPlay
    {
        public List<Mfn> Seen { get; } = [];

        public void Began(StageView stage) => Seen.Add(stage.FrameOf(1, 5));

        public void Stepped(int step, in StepResult result, StageView stage) => Seen.Add(stage.FrameOf(1, 5));
    }
}
