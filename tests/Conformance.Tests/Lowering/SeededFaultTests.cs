using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Path = Conformance.Simulation.Path;

namespace Conformance.Tests.Lowering;

/// <summary>Historical mistakes show in the same act, and in the same words, however their scripts are carried out.</summary>
public class SeededFaultTests
{
    [Theory]
    [InlineData("XSA-148", "d1v0 mmu_update foreign=domid_self done=0 | frame=f1 slot=1 kind=normal entry=f2:0xe7", "I-TBITS")]
    [InlineData("XSA-182", "d1v0 mmu_update foreign=domid_self done=0 | frame=root slot=3 kind=normal entry=root:0x65 | frame=root slot=3 kind=normal entry=root:0x67", "I-TEXCL")]
    [InlineData(
        "XSA-401",
        """
        d1v0 write address=0x10000000000 value=0
        d1v0 mmu_update foreign=domid_self done=0 | frame=f2 slot=0 kind=normal entry=0
        d1v0 mmuext_op foreign=domid_self done=0 | command=pin_l1 frame=f3 second=0
        """,
        "I-TEXCL")]
    public void Both_paths_find_it(string fault, string acts, string claim)
    {
        Script script = ScriptText.Read($"stage domains=1 vcpus=1\n{acts}\n");
        Failure failure = Assert.IsType<Failure>(Play(fault, Path.Executed, script));
        Assert.Equal((FailureClass.Laxer, claim), (failure.Class, failure.Claim));
        Assert.Equal(failure, Play(fault, Path.Direct, script));
        Assert.Null(Play(null, Path.Executed, script));
    }

    private static Failure? Play(string? fault, Path path, Script script)
    {
        using Simulator simulator = new(script.Shape, new() { Fault = fault, Path = path });
        return simulator.Run(script).Failure;
    }
}
