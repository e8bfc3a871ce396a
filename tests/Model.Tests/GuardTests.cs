namespace Model.Tests;

/// <summary>The model says which clause decided, and what fired on the way.</summary>
public sealed class GuardTests
{
    private const ulong Foreign = 9;

    private static Machine World()
    {
        Machine m = new(new(10, [Worlds.D1, Worlds.D1, Worlds.D2], Slots: 4) { XenSlots = [3] });
        for (ulong f = 1; f < Foreign; f++) m.DeclareFrame(new(f), Worlds.D1);
        m.DeclareFrame(new(Foreign), Worlds.D2);
        return m;
    }

    [Fact, Clause("HC-3"), Clause("HC-7")]
    public void The_innermost_clause_decides_and_those_that_hand_it_on_fire_too()
    {
        Machine m = World();
        m.Load(new(1), 0, Worlds.Ro(Foreign));
        m.ClearFired();

        Assert.Equal(-(long)Errno.EBUSY, m.Pin(Worlds.V0, 1, 1).Rax);
        Assert.Equal("HC-3.c", m.Decided);
        Assert.Equal("HC-1 HC-3.c HC-7.b Take Drop Begin Settle Abort Flush", m.Fired.ToString());

        Assert.Equal(0, m.Pin(Worlds.V0, 2, 1).Rax);
        Assert.Null(m.Decided);
    }

    /// <summary>Frame 1 cannot become L3, being L4; that it may be linear all the same leaves no trace of the refusal.</summary>
    [Fact, Clause("HC-4"), Clause("HC-2")]
    public void What_is_allowed_in_another_way_is_no_refusal()
    {
        Machine m = World();
        m.Load(new(1), 0, Worlds.Ro(1));
        Assert.Equal(0, m.Pin(Worlds.V0, 1, 4).Rax);
        Assert.Null(m.Decided);
        Assert.True(m.Fired.Contains("AuditOwnLinear"));
        Assert.False(m.Fired.Contains("HC-4.c"));

        MmuUpdate linear = new(Worlds.V0, [new(UpdateKind.Normal, new(1), 1, Worlds.Ro(1)), new(UpdateKind.MachPhys, new(Foreign), 0, default)]);
        Assert.Equal(new(-(long)Errno.EINVAL, 1), m.Perform(linear));
        Assert.Equal("HC-2.f", m.Decided);
    }

    [Fact, Clause("HC-21")]
    public void A_clause_is_kept_while_what_was_refused_is_taken_apart_and_others_are_refused()
    {
        Machine m = World();
        m.Load(new(1), 0, Worlds.Rw(2));
        m.Load(new(2), 2, new(new(3), EntryFlags.Present | EntryFlags.Superpage));
        int chance = 0;
        Underway call = m.Begin(new MmuExtOp(Worlds.V0, [new(ExtCommand.PinL3, new(1))]), () => chance++ == 2);
        Assert.Null(call.Answer);
        Assert.Null(m.Decided);

        Assert.Equal(-(long)Errno.EINVAL, m.Ext(Worlds.V1, ExtCommand.Unpin, 5).Rax);
        Assert.Equal("HC-8.b", m.Decided);

        m.Continue(call);
        Assert.Equal(-(long)Errno.EINVAL, call.Answer!.Value.Rax);
        Assert.Equal("HC-4.c", m.Decided);
        Assert.True(m.Fired.Contains("HC-21") && m.Fired.Contains("Pause"));
    }

    [Fact, Clause("HC-20"), Clause("HC-17")]
    public void A_part_of_a_request_that_is_a_request_elsewhere_decides_by_its_own_clause()
    {
        Machine m = World();
        InitialiseVcpu request = new(Worlds.V0, Worlds.V1, true, false, [new(new(Foreign), true)], 1, new(1), default, true);
        Assert.Equal(-(long)Errno.EINVAL, m.Perform(request).Rax);
        Assert.Equal("HC-17.b", m.Decided);
        Assert.True(m.Fired.Contains("HC-20.d"));
    }

    [Fact]
    public void Every_guard_is_a_member_of_its_own()
    {
        GuardSet all = default;
        foreach (Guard guard in Guards.All)
        {
            GuardSet one = default;
            one.Add(guard.Id);
            Assert.True(one.Contains(guard) && !all.Contains(guard));
            all |= one;
        }

        Assert.Equal(Guards.All.Count, all.Count);
        Assert.Empty(Guards.Missing(all));
        Assert.All(Guards.All, g => Assert.Equal(g.Impossible is null, g.Operations.Count > 0));
    }
}
