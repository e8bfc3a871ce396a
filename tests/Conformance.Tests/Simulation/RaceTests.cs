using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Implementation.Hypervisor;
using Model;
using Path = Conformance.Simulation.Path;

namespace Conformance.Tests.Simulation;

/// <summary>vCPUs that come in between each other's requests.</summary>
public class RaceTests
{
    private static readonly StageShape Two = new(1, 2);

    [Theory, Clause("HC-21")]
    [InlineData(1, 2, 600)]
    [InlineData(2, 2, 200)]
    [InlineData(1, 3, 200)]
    public void Random_scripts_with_pauses_agree(int domains, int vcpus, int scripts)
    {
        StageShape shape = new(domains, vcpus);
        using Simulator simulator = new(shape);
        Turns turns = new();
        for (int seed = 0; seed < scripts; seed++)
        {
            CaseResult result = simulator.Run(RaceScripts.Make(seed, shape), turns);
            Assert.True(result.Failure is null, $"seed {seed}: {result.Failure}\n{result.Script}");
        }

        Assert.True(turns.Interruptions > scripts / 4, $"{turns.Interruptions} interruptions");
    }

    [Fact, Clause("CA-8")]
    public void The_same_script_is_interleaved_in_the_same_way()
    {
        Assert.Equal(Play(), Play());

        static string Play()
        {
            Turns turns = new();
            using Simulator simulator = new(Two);
            for (int seed = 0; seed < 20; seed++) simulator.Run(RaceScripts.Make(seed, Two), turns);
            Assert.True(turns.Interruptions > 0);
            return turns.Text;
        }
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    public void Guest_code_is_interleaved_as_what_is_called_is(int domains, int vcpus)
    {
        StageShape shape = new(domains, vcpus);
        using Simulator direct = new(shape), executed = new(shape, new() { Path = Path.Executed });
        Turns one = new(), other = new();
        for (int seed = 0; seed < 60; seed++)
        {
            Script script = RaceScripts.Make(seed, shape);
            CaseResult called = direct.Run(script, one), run = executed.Run(script, other);
            Assert.True(run.Failure is null, $"seed {seed}: {run.Failure}\n{script}");
            Assert.Equal(called.Steps, run.Steps);
        }

        Assert.True(one.Interruptions > 20);
        Assert.Equal(one.Text, other.Text);
    }

    /// <summary>The chance is counted over the act: 511 for f5 as L2, whatever is in it, and then those of f4 as L3.</summary>
    [Theory, Clause("HC-21")]
    [InlineData(0, "1 0 ")]
    [InlineData(510, "1 0 ")]
    [InlineData(1021, "1 0 ")]
    [InlineData(1022, "0 1 ")]
    public void The_next_act_has_its_turn_at_the_chance_if_there_is_one(int chance, string order)
    {
        Act link = Ext(0, ExtCommand.ClearPage, 9), pin = Ext(0, ExtCommand.PinL3, 4) with { PausesAt = chance };
        Script script = new(Two, [Link(4, 0, 5), pin, Ext(1, ExtCommand.ClearPage, 9), link]);
        Turns turns = new();
        using Simulator simulator = new(Two);
        CaseResult result = simulator.Run(script, turns);
        Assert.Null(result.Failure);
        Assert.All(result.Steps, s => Assert.Equal(0, s.Value));
        string[] first = [.. order.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => $"{int.Parse(n) + 1}")];
        Assert.StartsWith($"0 {string.Join(' ', first)} 3", turns.Text, StringComparison.Ordinal);
    }

    /// <summary>An act of the vCPU that is in the middle of one waits for its end.</summary>
    [Fact]
    public void Nobody_interrupts_himself()
    {
        Turns turns = new();
        using Simulator simulator = new(Two);
        Act pin = Ext(0, ExtCommand.PinL2, 5) with { PausesAt = 7 }, other = Ext(1, ExtCommand.PinL2, 6) with { PausesAt = 7 };
        simulator.Run(new(Two, [pin, other, Ext(0, ExtCommand.ClearPage, 9)]), turns);
        Assert.StartsWith("1 0 2", turns.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_table_that_is_taken_for_audited_in_the_middle_of_its_audit_is_found(int seed)
    {
        using Simulator faulty = new(Two, new() { PageTables = xen => new TakesHalfForWhole(xen) }), sound = new(Two);
        CaseResult found = Enumerable.Range(seed * 1000, 1000).Select(s => faulty.Run(RaceScripts.Make(s, Two))).First(r => r.Failure is not null);
        CaseResult least = Smaller(faulty, found);

        Assert.Null(sound.Run(least.Script).Failure);
        Assert.Equal(2, least.Script.Acts.Count);
        Assert.NotNull(least.Script.Acts[0].PausesAt);
        Assert.NotEqual(least.Script.Acts[0].Vcpu, least.Script.Acts[1].Vcpu);
    }

    /// <summary>XSA-299 (2019), in part: an audit that was interrupted counts as done for whoever comes next.</summary>
    private sealed class TakesHalfForWhole(Implementation.Hypervisor.Xen xen) : PageTables(xen)
    {
        protected internal override bool MayJoin(in FrameInfo frame) => frame.IsValidated || (frame.IsPartial && frame.Type != Implementation.Hypervisor.PageType.L4);
    }

    /// <summary>Leaves acts out while the script still fails.</summary>
    private static CaseResult Smaller(Simulator simulator, CaseResult failing)
    {
        for (int i = failing.Script.Acts.Count - 1; i >= 0; i--)
        {
            CaseResult tried = simulator.Run(failing.Script with { Acts = [.. failing.Script.Acts.Where((_, k) => k != i)] });
            if (tried.Failure is null) continue;
            failing = tried;
            i = failing.Script.Acts.Count;
        }

        return failing;
    }

    private static Act Ext(int vcpu, ExtCommand command, int frame) => RaceScripts.Ext(1, (command, frame)) with { Vcpu = (byte)vcpu };

    private static Act Link(int table, int slot, int target) => new(
        1, 0, Operation.MmuUpdate, Operand.Number(Operations.DomidSelf), Operand.Number(0), Operand.Frame(1, table), Operand.Number((ulong)slot), Operand.Number(0),
        Operand.Machine(1, target, 0x67));

    /// <summary>The acts in the order in which they were over.</summary>
    private sealed class Turns : IPlay
    {
        private readonly List<string> _steps = [];
        private int _last;

        public string Text => string.Join(' ', _steps);

        /// <summary>Acts that had their turn in the middle of another: they are over before it.</summary>
        public int Interruptions { get; private set; }

        public void Began(StageView stage) => _last = -1;

        public void Stepped(int step, in StepResult result, StageView stage)
        {
            if (step < _last) Interruptions++;
            _last = step;
            _steps.Add($"{step}");
        }
    }
}
