using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Model;
using Path = Conformance.Simulation.Path;

namespace Conformance.Tests.Simulation;

/// <summary>Stores to a leaf table that is mapped read-only, which Xen carries out if they are aligned.</summary>
public sealed class EmulatedStoreTests
{
    /// <summary>Real Xen answered so where ours had carried out the store of eight bytes whose change lay within one entry.</summary>
    [Theory, Clause("HC-13")]
    [InlineData(Path.Direct, 0, true)]
    [InlineData(Path.Direct, 1, false)]
    [InlineData(Path.Direct, 4, false)]
    [InlineData(Path.Executed, 0, true)]
    [InlineData(Path.Executed, 1, false)]
    public void A_store_that_is_not_aligned_is_a_page_fault(Path path, int offset, bool isCarriedOut)
    {
        Script script = ScriptText.Read($"""
            stage domains=1 vcpus=1
            d1v0 mmu_update foreign=domid_self done=0 | frame=f2 slot=0 kind=normal entry=f3:0x25
            d1v0 mmuext_op foreign=domid_self done=0 | command=pin_l1 frame=f3 second=0
            d1v0 write address=0x{0x10000000000 + offset:x} value=2

            """);
        using Simulator simulator = new(script.Shape, new() { Path = path });

        CaseResult result = simulator.Run(script);

        Assert.Null(result.Failure);
        Assert.Equal(isCarriedOut, result.Steps[2].Kind == StepKind.Done);
    }
}
