using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Implementation.Hypervisor;
using Model;

namespace Conformance.Tests.Simulation;

/// <summary>What the model says of its guards, as those who play scripts come to know it.</summary>
public class GuardTests
{
    /// <summary>A task state segment.</summary>
    private const ulong Unlawful = 0x0000_8900_0000_0000;

    private static readonly Script Empty = new(new(), []);

    private static readonly Script Tss = new(
        new(), [new(1, 0, Operation.UpdateDescriptor, Operand.Frame(1, StageFrame.FirstFree), Operand.Number(0), Operand.Number(0), Operand.Number(Unlawful))]);

    [Fact]
    public void What_can_fire_a_guard_is_an_act_of_scripts()
    {
        HashSet<string> rows = [.. Operations.All.Select(r => r.Name), "*"];
        Assert.Empty(Guards.All.SelectMany(g => g.Operations).Except(rows));
    }

    [Fact]
    public void A_failure_names_the_clause_by_which_the_model_refuses()
    {
        using Simulator faulty = new(new(), new() { PageTables = xen => new TakesAnyDescriptor(xen) }), sound = new(new());

        Failure failure = Assert.IsType<Failure>(faulty.Run(Tss).Failure);
        Assert.Equal((FailureClass.Laxer, "HC-18.b"), (failure.Class, failure.Claim));
        Assert.Null(sound.Run(Tss).Failure);
    }

    [Fact]
    public void What_fires_is_joined_over_scripts_and_the_setting_of_the_stage_is_not_in_it()
    {
        using Simulator simulator = new(new());
        simulator.Run(Empty);
        Assert.Equal(0, simulator.Fired.Count);

        simulator.Run(Tss);
        simulator.Run(Empty);
        Assert.Equal("HC-18.b", simulator.Fired.ToString());

        simulator.ClearFired();
        Assert.Equal(0, simulator.Fired.Count);
    }

    [Fact, Clause("HC-16"), Clause("HC-1")]
    public void What_is_asked_for_a_vCPU_that_went_down_in_user_mode_is_asked_by_the_kernel_that_asks()
    {
        Act down = new(1, 1, Operation.VcpuDown, Operand.Number(1)), user = new(1, 1, Operation.EnterUser);
        Act other = new(1, 0, Operation.VcpuDown, Operand.Number(1));
        Act register = new(1, 0, Operation.VcpuRegisterInfo, Operand.Number(1), Operand.Buffer(), Operand.Frame(1, StageFrame.FirstFree), Operand.Number(0));
        using Simulator simulator = new(new(1, 2));

        foreach (Act[] acts in (Act[][])[[user, other, register], [down, register]])
        {
            Script script = new(new(1, 2), acts);
            Assert.Null(simulator.Run(script).Failure);
        }

        Assert.False(simulator.Fired.Contains("HC-1.e"));
        Assert.True(simulator.Fired.Contains("HC-16"));
    }

    private sealed class TakesAnyDescriptor(Implementation.Hypervisor.Xen xen) : PageTables(xen)
    {
        protected internal override bool TryFixDescriptor(Domain owner, ref ulong descriptor) => true;
    }
}
