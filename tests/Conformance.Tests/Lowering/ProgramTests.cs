using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Conformance.Simulation.Lowering;
using Implementation.Hypervisor;
using Path = Conformance.Simulation.Path;

namespace Conformance.Tests.Lowering;

/// <summary>A program comes to the end of each act, or is said to be lost.</summary>
public class ProgramTests
{
    private static readonly Act ReadNothing = new(1, 0, Operation.Read, Operand.Number(Stage.Window + 4096));

    private static readonly StepResult PageFault = new(StepKind.Trapped, 14L << 32);

    [Fact]
    public void A_long_script_takes_several_sheets()
    {
        Act[] acts = [.. Enumerable.Range(0, 400).SelectMany(i => (Act[])[Store((ulong)i), new(1, 0, Operation.Read, Operand.Number(Stage.Window))])];
        using Simulator simulator = new(new(), new() { Path = Path.Executed });
        IReadOnlyList<StepResult> steps = simulator.Run(new Script(new(), acts)).Steps;
        Assert.Equal(Enumerable.Range(0, 400), steps.Where((_, i) => i % 2 == 1).Select(s => (int)s.Value));
    }

    [Theory]
    [InlineData("d1v0 set_trap_table at=0")]
    [InlineData("d1v0 set_trap_table at=buffer | vector=14 flags=0 selector=0 address=0x1000")]
    [InlineData("d1v0 set_callbacks event=0x1000 failsafe=0x1000 syscall=0x1000")]
    [InlineData("d1v0 stack_switch selector=0 address=0x1000")]
    public void A_script_that_registers_entry_points_of_its_own_still_hears_of_its_traps(string registering)
    {
        Script script = ScriptText.Read($"stage domains=1 vcpus=1\n{registering}\nd1v0 enter_user\n{ReadNothing}\nd1v0 enter_kernel\n{ReadNothing}\n");
        foreach (Path path in Enum.GetValues<Path>())
        {
            using Simulator simulator = new(new(), new() { Path = path });
            Assert.Equal(
                [new(StepKind.Answered, 0), new(StepKind.Done, 0), new(StepKind.Trapped, (14L << 32) | 4), new(StepKind.Done, 0), PageFault],
                simulator.Run(script).Steps);
        }
    }

    [Fact]
    public void A_page_fault_leaves_its_address_in_the_record()
    {
        using SimulatedStage stage = new(new(), new());
        Vcpu vcpu = stage.Xen.Domains[0].Vcpus[0];
        Programs programs = new(stage.Layout, stage.Xen.Domains);
        new ExecutedPath(stage, programs, new(new(), [ReadNothing])).Execute(vcpu, ReadNothing);

        ulong record = programs[vcpu].Pages.Record(0) + ProgramPages.FaultAddress;
        Assert.True(vcpu.TryRead(record, out ulong address));
        Assert.Equal(Stage.Window + 4096, address);
    }

    [Fact]
    public void A_program_whose_handlers_are_gone_is_lost_within_bounds()
    {
        using SimulatedStage stage = new(new(), new());
        Vcpu vcpu = stage.Xen.Domains[0].Vcpus[0];
        Programs programs = new(stage.Layout, stage.Xen.Domains);
        ExecutedPath path = new(stage, programs, new(new(), [ReadNothing, ReadNothing]));
        Assert.Equal(PageFault, path.Execute(vcpu, ReadNothing));

        const byte int3 = 0xcc;
        for (ulong page = 0; page < ProgramPages.StubPages; page++)
        {
            ulong handlers = SimulatedStage.MfnAt(vcpu.Domain, programs[vcpu].Pages.Code + (page * ProgramPages.PageSize));
            stage.Xen.Memory.Frame(handlers).Fill(int3);
            stage.Xen.Memory.Written(handlers);
        }

        Assert.Throws<LostException>(() => path.Execute(vcpu, ReadNothing));
    }

    private static Act Store(ulong value) => new(1, 0, Operation.Write, Operand.Number(Stage.Window), Operand.Number(value));
}
