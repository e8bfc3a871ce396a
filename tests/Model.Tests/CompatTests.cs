using static Model.Tests.Worlds;

namespace Model.Tests;

/// <summary>32-bit guests: roots of four entries, and the second-level table in which Xen has slots of its own.</summary>
/// <remarks>
/// Domain 1 is a 32-bit guest. Frame 1 is to be its root, 2 an L2 for slot 0, 3 the L2 for slot 3, 4 an L1 below 2 that maps the
/// data in frame 5 read-write; 6 to 11 are ordinary memory. Tables are of full size.
/// </remarks>
public sealed class CompatTests
{
    private const int Fixed = MachineShape.LastOfFour, FirstXenL2Slot = 428;

    [Fact, Clause("PT-25"), Clause("BP-1")]
    public void A_pinned_L3_is_a_root_and_its_last_table_carries_Xens_slots()
    {
        Machine m = Tree();

        Assert.Equal(0, m.Pin(V0, 1, 3).Rax);
        Assert.Equal(0, m.Ext(V0, ExtCommand.NewBase, 1).Rax);

        Assert.Equal([PageType.L3, PageType.L2, PageType.XenL2, PageType.L1], Enumerable.Range(1, 4).Select(f => m.View(new((ulong)f)).Type));
        Assert.Equal(new Mfn(1), m.KernelBase(V0));
        Assert.Equal((2, 1), (m.View(new(1)).TypeCount, m.View(new(3)).TypeCount));
        Assert.Empty(m.CheckAll());
    }

    /// <summary>Hardware knows no R/W and U/S in a four-entry root, so Xen sets them; elsewhere the guest's own rings count.</summary>
    [Fact, Clause("PT-21")]
    public void Entries_of_a_root_become_writable_user_entries_and_others_stay_as_they_are()
    {
        Machine m = Tree();
        m.Load(new(2), 0, new(new(4), EntryFlags.Present | EntryFlags.Writable));
        m.Load(new(4), 0, new(new(5), EntryFlags.Present | EntryFlags.Writable));

        m.Pin(V0, 1, 3);

        Assert.Equal(EntryFlags.Present | EntryFlags.Writable | EntryFlags.User, m.EntryOf(new(1), 0).Flags);
        Assert.Equal(EntryFlags.Present | EntryFlags.Writable, m.EntryOf(new(2), 0).Flags);
        Assert.Equal(EntryFlags.Present | EntryFlags.Writable, m.EntryOf(new(4), 0).Flags);

        m.Ext(V0, ExtCommand.Unpin, 1);

        Assert.Equal(EntryFlags.Present, m.EntryOf(new(1), 0).Flags);
    }

    [Fact, Clause("HC-4"), Clause("PT-12")]
    public void A_root_without_its_last_entry_is_refused()
    {
        Machine m = Tree();
        m.Load(new(1), Fixed, default);

        Refused(m.Pin(V0, 1, 3), Errno.EINVAL, m, "HC-4.d");
        Assert.Equal(0, m.View(new(2)).TypeCount);
    }

    [Fact, Clause("HC-4"), Clause("PT-7")]
    public void Two_roots_do_not_share_a_table_with_Xens_slots()
    {
        Machine m = Tree();
        m.Load(new(6), Fixed, P(3));
        m.Pin(V0, 1, 3);

        Refused(m.Pin(V0, 6, 3), Errno.EINVAL, m, "HC-4.e");
        Assert.Equal(1, m.View(new(3)).TypeCount);
        Assert.Empty(m.CheckAll());
    }

    [Fact, Clause("PT-3"), Clause("PT-7")]
    public void A_table_with_Xens_slots_is_no_other_L2()
    {
        Machine m = Tree();
        m.Pin(V0, 1, 3);

        Assert.Equal(-(long)Errno.EINVAL, m.Pin(V0, 3, 2).Rax);
        Assert.Equal(-(long)Errno.EINVAL, m.Update(V0, 1, 1, P(3)).Rax);
        Assert.Equal(0, m.Update(V0, 1, 1, P(2)).Rax);
    }

    [Fact, Clause("PT-4"), Clause("PT-7")]
    public void An_L2_in_use_elsewhere_cannot_take_Xens_slots()
    {
        Machine m = Tree();
        m.Pin(V0, 3, 2);

        Refused(m.Pin(V0, 1, 3), Errno.EINVAL, m, "HC-4.c");
    }

    [Fact, Clause("HC-5"), Clause("PT-16")]
    public void The_last_entry_of_a_root_never_changes()
    {
        Machine m = Tree();
        m.Pin(V0, 1, 3);

        Refused(m.Update(V0, 1, Fixed, default), Errno.EINVAL, m, "HC-5.d");
        Refused(m.Update(V0, 1, Fixed, P(3)), Errno.EINVAL, m, "HC-5.d");
    }

    [Theory, Clause("HC-5"), Clause("PT-14")]
    [InlineData(1, 4, Errno.EINVAL)]
    [InlineData(1, 511, Errno.EINVAL)]
    [InlineData(3, FirstXenL2Slot, Errno.EPERM)]
    [InlineData(3, 511, Errno.EPERM)]
    public void Slots_that_are_not_the_guests_are_refused(ulong table, int slot, Errno expected)
    {
        Machine m = Tree();
        m.Pin(V0, 1, 3);

        Refused(m.Update(V0, table, slot, default), expected, m, "HC-5.a");
        Assert.Equal(0, m.Update(V0, 3, FirstXenL2Slot - 1, P(4)).Rax);
        Assert.Equal(0, m.Update(V0, 2, FirstXenL2Slot, P(4)).Rax);
    }

    [Fact, Clause("PT-14")]
    public void What_a_guest_left_in_slots_that_are_not_its_own_goes()
    {
        Machine m = Tree();
        m.Load(new(1), 7, P(9));
        m.Load(new(3), FirstXenL2Slot, P(9));

        Assert.Equal(0, m.Pin(V0, 1, 3).Rax);

        Assert.Equal((default, default), (m.EntryOf(new(1), 7), m.EntryOf(new(3), FirstXenL2Slot)));
    }

    [Fact, Clause("HC-7"), Clause("HC-9"), Clause("BP-3")]
    public void There_is_no_L4_and_no_user_root()
    {
        Machine m = Tree();

        Assert.Equal(0, m.Pin(V0, 1, 4).Rax);
        Assert.False(m.View(new(1)).IsPinned);
        Refused(m.Ext(V0, ExtCommand.NewUserBase, 1), Errno.EINVAL, m, "HC-9.e");
        Assert.Equal(-(long)Errno.EINVAL, m.Ext(V1, ExtCommand.NewBase, 1).Rax);
    }

    /// <summary>A frame that was a table with Xen's slots is an ordinary L2 the next time.</summary>
    [Fact, Clause("PT-15")]
    public void A_table_loses_Xens_slots_with_its_root()
    {
        Machine m = Tree();
        m.Pin(V0, 1, 3);

        m.Ext(V0, ExtCommand.Unpin, 1);

        Assert.Equal(PageType.L2, m.View(new(3)).Type);
        Assert.Equal(0, m.Pin(V0, 3, 2).Rax);
        Assert.Empty(m.CheckAll());
    }

    [Theory, Clause("PT-6")]
    [InlineData(EntryFlags.NoExecute)]
    [InlineData(EntryFlags.GuestKernel)]
    [InlineData(EntryFlags.Cache)]
    [InlineData(EntryFlags.Superpage)]
    [InlineData(EntryFlags.Global)]
    public void Bits_that_a_root_may_not_have(EntryFlags bit)
    {
        Machine m = Tree();
        m.Load(new(1), 0, new(new(2), EntryFlags.Present | bit));

        Refused(m.Pin(V0, 1, 3), Errno.EINVAL, m, "HC-4.a");
    }

    /// <summary>XSA-185.</summary>
    [Fact, Clause("PT-8")]
    public void A_root_does_not_name_itself()
    {
        Machine m = Tree();
        m.Pin(V0, 1, 3);

        Refused(m.Update(V0, 1, 1, P(1)), Errno.EINVAL, m, "HC-5.c");
    }

    [Fact, Clause("TLB-1")]
    public void A_walk_has_three_levels()
    {
        Machine m = Tree();
        m.Pin(V0, 1, 3);
        m.Ext(V0, ExtCommand.NewBase, 1);

        Assert.True(m.Touch(V0, [(new(1), 0), (new(2), 0), (new(4), 0)], new(5), write: true));

        Assert.True(m.IsCached(V0, new(5), writable: true));
        Assert.Empty(m.CheckAll());
    }

    [Fact, Clause("HC-4"), Clause("HC-21")]
    public void A_root_is_interrupted_before_its_second_to_last_entries_only()
    {
        Machine m = Tree();
        int chances = 0;

        Underway call = m.Begin(new MmuExtOp(V0, [new(ExtCommand.PinL3, new(1))]), () => ++chances > 10_000);

        Assert.Equal(0, call.Answer!.Value.Rax);
        Assert.Equal(3 + (2 * 511), chances); // The root's own, and those of its two tables.
    }

    private static Entry P(ulong frame) => new(new(frame), EntryFlags.Present);

    private static void Refused(Answer answer, Errno expected, Machine m, string clause)
    {
        Assert.Equal(-(long)expected, answer.Rax);
        Assert.Equal(clause, m.Decided);
        Assert.Empty(m.CheckAll());
    }

    private static Machine Tree()
    {
        Machine m = new(new(12, [D1, D2]) { Compat = [D1] });
        for (ulong f = 1; f < 12; f++) m.DeclareFrame(new(f), D1);
        m.Load(new(1), 0, P(2));
        m.Load(new(1), Fixed, P(3));
        m.Load(new(2), 0, Rw(4));
        m.Load(new(4), 0, Rw(5));
        return m;
    }
}
