using Conformance.RealXen;
using Conformance.Scripts;
using Model;

namespace Conformance.Tests.RealXen;

/// <summary>What only the first domain may, or only this machine has, real Xen is not asked.</summary>
public class FirstDomainTests
{
    [Theory, Clause("CA-4")]
    [InlineData("mmuext_op foreign=domid_self done=0 | command=pin_l1 frame=0x100 second=0")]
    [InlineData("mmu_update foreign=domid_self done=0 | frame=f2 slot=1 kind=normal entry=0x100025")]
    [InlineData("mmu_update foreign=domid_io done=0 | frame=f2 slot=1 kind=normal entry=0")]
    [InlineData("memory_op.maximum_ram_page")]
    [InlineData("vcpu_op.initialise vcpu=0 at=buffer")]
    [InlineData("read address=0xffff800000000000")]
    [InlineData("instruction which=in_al_dx")]
    [InlineData("multicall { sched_op.yield; memory_op.maximum_ram_page }")]
    public void It_is_not_asked(string act) => Assert.False(XenRules.IsAsked(Act(act)));

    [Theory, Clause("CA-4")]
    [InlineData("mmuext_op foreign=domid_self done=0 | command=pin_l1 frame=f5 second=0")]
    [InlineData("mmuext_op foreign=domid_self done=0 | command=pin_l1 frame=0x400000 second=0")]
    [InlineData("mmu_update foreign=domid_self done=0 | frame=f2 slot=1 kind=normal entry=f3:0x25")]
    [InlineData("mmuext_op foreign=domid_self done=0 | command=tlb_flush_local frame=0 second=0")]
    [InlineData("read address=0x10000000000")]
    public void It_is_asked(string act) => Assert.True(XenRules.IsAsked(Act(act)));

    private static Act Act(string text) => ScriptText.Read($"stage domains=1 vcpus=1\nd1v0 {text}\n").Acts[0];
}
