using Conformance.Campaigns;
using Conformance.Generation;
using Conformance.Scripts;
using Conformance.Simulation;
using Model;

namespace Conformance.Tests.Campaigns;

/// <summary>A historical mistake is found from every seed, and told by one script, on the stage on which <c>ringfence conform</c> plays.</summary>
[Clause("CA-7")]
public class MinimalScriptTests
{
    private const int Cases = 2000, Seeds = 20;

    private const string Update = "d1v0 mmu_update foreign=domid_self done=0 | ";

    /// <summary>Of each mistake the script, and how many steps the shortest trace of <c>ringfence check</c> has.</summary>
    public static TheoryData<string, string, int> Mistakes => new()
    {
        { "XSA-148", Update + "frame=f1 slot=0 kind=normal entry=f2:0xe7\n", 1 },
        { "XSA-182", Update + "frame=root slot=2 kind=normal entry=root:0x25\n" + Update + "frame=root slot=2 kind=normal entry=root:0x67\n", 1 },
        {
            "XSA-401",
            "d1v0 write address=0x10000000000 value=0\n" + Update + "frame=f2 slot=0 kind=normal entry=0\n"
            + "d1v0 mmuext_op foreign=domid_self done=0 | command=pin_l1 frame=f3 second=0\n",
            3
        },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_seed_leads_to_the_script(string fault, string acts, int checkers) => AssertLeads(fault, acts, checkers, seed: 2);

    /// <summary>All seeds: a minute and a half. <c>Conformance.Tests --filter-class '*MinimalScriptTests' --explicit only</c></summary>
    [Theory(Explicit = true)]
    [MemberData(nameof(Mistakes))]
    public void Every_seed_leads_to_the_script(string fault, string acts, int checkers)
    {
        for (ulong seed = 1; seed <= Seeds; seed++) AssertLeads(fault, acts, checkers, seed);
    }

    /// <summary>Shrinking alone may end elsewhere; it ends with something short that is a hole.</summary>
    [Theory]
    [InlineData("XSA-148")]
    [InlineData("XSA-182")]
    [InlineData("XSA-401")]
    public void Shrinking_ends_with_a_few_acts(string fault)
    {
        const int most = 4;
        StageShape shape = new(2, 2);
        using Simulator simulator = new(shape, new() { Fault = fault });
        IEnumerable<Script> scripts = Enumerable.Range(0, Cases).Select(i => ScriptGenerator.Make(new(shape), (ulong)i));
        foreach (CaseResult failing in simulator.Run(scripts).Where(r => r.Failure is not null).Take(4))
        {
            CaseResult shrunk = ScriptShrinker.Shrink(failing, simulator);
            Assert.Equal(FailureClass.Laxer, shrunk.Failure!.Class);
            Assert.InRange(shrunk.Script.Acts.Count, 1, most);
            Assert.Equal(shrunk.Script.Acts.Count - 1, shrunk.Failure.Step);
        }
    }

    private static void AssertLeads(string fault, string acts, int checkers, ulong seed)
    {
        StageShape shape = new(2, 2);
        using BothPaths target = new(shape, fault);
        CampaignOutcome outcome = Campaign.Run(new(Cases, seed, new(shape), s => new BothPaths(s, fault)) { Fired = () => target.Fired }, target);

        CaseResult minimal = Assert.Single(outcome.Groups).Minimal;
        Assert.InRange(outcome.Cases, 1, Cases);
        Assert.Equal($"stage domains=1 vcpus=1\n{acts}", $"{minimal.Script}");
        Assert.Equal(FailureClass.Laxer, minimal.Failure!.Class);
        Assert.InRange(minimal.Script.Acts.Count, 1, checkers + 1);
        using Simulator sound = new(new());
        Assert.Null(sound.Run(minimal.Script).Failure);
    }
}
