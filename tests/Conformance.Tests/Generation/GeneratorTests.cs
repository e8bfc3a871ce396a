using Conformance.Campaigns;
using Conformance.Generation;
using Conformance.RealXen;
using Conformance.Scripts;
using Conformance.Simulation;
using Model;

namespace Conformance.Tests.Generation;

public class GeneratorTests
{
    private static readonly GeneratorOptions Small = new(new());

    [Fact, Clause("CA-9")]
    public void A_script_is_a_function_of_its_seed()
    {
        GeneratorOptions options = new(new(2, 2));
        Assert.Equal(ScriptGenerator.Make(options, 7), ScriptGenerator.Make(options, 7));
        Assert.NotEqual(ScriptGenerator.Make(options, 7), ScriptGenerator.Make(options, 8));
    }

    /// <summary>What is written can be read again, whatever its operands are.</summary>
    [Fact]
    public void Scripts_have_a_text()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            Script script = ScriptGenerator.Make(new(new(2, 2)), seed);
            Script read = ScriptText.Read($"{script}");
            foreach ((Act act, Act again) in script.Acts.Zip(read.Acts)) Assert.True(act.Equals(again), $"{act}\n{again}");
            Assert.Equal(script, read);
        }
    }

    [Fact]
    public void Every_operation_is_drawn()
    {
        HashSet<Operation> drawn = [.. Enumerable.Range(0, 200).SelectMany(s => ScriptGenerator.Make(Small, (ulong)s).Acts).Select(a => a.Operation)];
        Assert.Equal(Operations.All.Count, drawn.Count);
    }

    [Theory]
    [InlineData(Mood.Valid, 80)]
    [InlineData(Mood.Boundary, 15)]
    [InlineData(Mood.Garbage, 5)]
    public void Moods_have_their_shares(Mood mood, int percent)
    {
        const int scripts = 100;
        int count = Enumerable.Range(0, scripts).Sum(s => ScriptGenerator.Moods(Small, (ulong)s).Count(a => a.Mood == mood));
        Assert.InRange(count, (percent - 2) * scripts, (percent + 2) * scripts);
    }

    [Fact, Clause("CA-4")]
    public void For_real_Xen_nothing_is_drawn_that_it_is_not_asked()
    {
        GeneratorOptions options = Small with { ForRealXen = true };
        Assert.All(Enumerable.Range(0, 50).SelectMany(s => ScriptGenerator.Make(options, (ulong)s).Acts), a => Assert.True(XenRules.IsAsked(a), $"{a}"));
    }

    [Fact]
    public void What_has_not_fired_is_drawn_more()
    {
        GuardSet fired = default;
        foreach (Guard guard in Guards.All.Where(g => !g.Operations.Contains("set_gdt"))) fired.Add(guard.Id);
        Weights fed = Weights.Fed(fired);
        Assert.True(fed.Of(Operation.SetGdt) > Weights.Default.Of(Operation.SetGdt));
        Assert.Equal(Weights.Default.Of(Operation.Read), fed.Of(Operation.Read));
    }

    [Theory]
    [InlineData(1, 1, 150)]
    [InlineData(2, 2, 50)]
    public void Model_and_hypervisor_agree(int domains, int vcpus, int cases)
    {
        StageShape shape = new(domains, vcpus);
        using Simulator simulator = new(shape);
        IEnumerable<Script> scripts = Enumerable.Range(0, cases).Select(i => ScriptGenerator.Make(new(shape), (ulong)i));
        foreach (CaseResult result in simulator.Run(scripts)) Assert.True(result.Failure is null, $"{result.Failure}\n{result.Script}");
    }
}
