using Conformance.RealXen;
using Conformance.Scripts;
using Conformance.Simulation;

namespace Conformance.Tests.RealXen;

/// <summary>What real Xen's first domain is asked, and what it is not.</summary>
public sealed class XenRulesTests
{
    private const string Stage = "stage domains=1 vcpus=1\n", Update = "d1v0 mmu_update foreign=domid_self done=0 | ";

    [Theory]
    [InlineData(Update + "frame=f2 slot=0 kind=normal entry=f3:0x1f", true)] // cache attributes: given up
    [InlineData(Update + "frame=f2 slot=0 kind=normal entry=0xffffffffff067", true)] // no memory: given up
    [InlineData(Update + "frame=f2 slot=0 kind=normal entry=f3", false)] // a frame's number as a word
    [InlineData(Update + "frame=f2 slot=0 kind=normal entry=f3:0x1067", false)] // the frame after f3
    [InlineData(Update + "frame=f2 slot=0 kind=normal entry=0x5067", false)] // somebody's frame
    [InlineData("d1v0 mmu_update foreign=port3 done=0", false)]
    [InlineData("d1v0 event_channel_op.send at=buffer port=port0", true)]
    [InlineData("d1v0 event_channel_op.send at=buffer+4 port=port0", false)] // what an earlier act left there
    [InlineData("d1v0 event_channel_op.send at=0xfffffffff8 port=port0", false)] // reaches the window
    [InlineData("d1v0 event_channel_op.reset at=buffer domain=domid_self", false)]
    [InlineData("d1v0 event_channel_op.reset at=buffer domain=0x1234", true)]
    [InlineData("d1v0 write address=0x10000000001 value=0x70", true)]
    [InlineData("d1v0 write address=0x10000000004 value=0x70", false)] // half of a name
    [InlineData("d1v0 memory_op.decrease_reservation at=buffer list=buffer start=0 order=0 flags=0 domain=domid_self | frame=f5", true)]
    [InlineData("d1v0 memory_op.decrease_reservation at=buffer list=buffer start=0 order=1 flags=0 domain=domid_self | frame=f5", false)] // its neighbour
    [InlineData("d1v0 memory_op.decrease_reservation at=buffer list=buffer start=0 order=0 flags=0xffff domain=domid_self | frame=f5", false)] // a node
    [InlineData("d1v0 vm_assist command=disable type=2", false)]
    public void An_act_is_asked_if_it_means_the_same_everywhere(string act, bool isAsked) =>
        Assert.Equal(isAsked, XenRules.IsAsked(ScriptText.Read(Stage + act + "\n").Acts[0]));

    [Theory]
    // Xen loses f5, which was begun as a second-level table (D-14).
    [InlineData(Update + "frame=f5 slot=1 kind=normal entry=root:0x27 | frame=f4 slot=0 kind=normal entry=f5:0x27 | frame=f3 slot=1 kind=normal entry=f4:0x27\n"
        + "d1v0 update_va_mapping address=0x10000000000 entry=0 flush=1\n", "d1v0 mmuext_op foreign=domid_self done=0 | command=pin_l4 frame=f3 second=0\n")]
    // f5 ceases to be a root and becomes part of a table in one request (D-13).
    [InlineData("d1v0 mmuext_op foreign=domid_self done=0 | command=pin_l4 frame=f5 second=0\n" + Update + "frame=f6 slot=1 kind=normal entry=f5:0x27\n",
        "d1v0 mmuext_op foreign=domid_self done=0 | command=unpin frame=f5 second=0 | command=pin_l3 frame=f6 second=0\n")]
    // A count in place of f3's first entry.
    [InlineData("", "d1v0 mmuext_op foreign=domid_self done=0x10000000000 | command=tlb_flush_local frame=f6 second=0\n")]
    // The frame that f6 names may come again.
    [InlineData(Update + "frame=f6 slot=0 kind=normal entry=f5:0x67\n" + "d1v0 memory_op.decrease_reservation at=buffer list=buffer start=0 order=0 flags=0 domain=domid_self | frame=f5\n",
        "d1v0 memory_op.populate_physmap at=buffer list=buffer start=0 order=0 flags=0 domain=domid_self | pfn=0x16\n")]
    public void What_real_Xen_may_answer_otherwise_is_left_out_of_the_plan(string before, string act)
    {
        Script script = ScriptText.Read(Stage + before + act);
        using Simulator simulator = new(new(), new() { PageTables = xen => new XenTables(xen) });

        ScriptPlan plan = Planner.Plan(script, simulator);

        Assert.Null(plan.Failure);
        Assert.Equal(Enumerable.Range(0, script.Acts.Count - 1), plan.Acts.Select(a => a.Step));
    }
}
