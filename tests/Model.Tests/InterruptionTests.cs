namespace Model.Tests;

/// <summary>Requests that are interrupted, and what others do meanwhile.</summary>
public sealed class InterruptionTests
{
    private const int Sequences = 1500, Length = 40;

    /// <summary>Root 1 over 2, which has two tables, 3 and 4, of which 3 has the leaf 5 and 4 has what the test puts there.</summary>
    private static Machine Tree()
    {
        Machine m = new(new(12, [Worlds.D1, Worlds.D1, Worlds.D2], Slots: 4) { XenSlots = [3] });
        m.DeclareFrame(new(0), default, FrameKind.Xen);
        for (ulong f = 1; f < 10; f++) m.DeclareFrame(new(f), Worlds.D1);
        m.Load(new(1), 0, Worlds.Rw(2));
        m.Load(new(2), 0, Worlds.Rw(3));
        m.Load(new(2), 2, Worlds.Rw(4));
        m.Load(new(3), 1, Worlds.Rw(5));
        m.Load(new(5), 0, Worlds.Rw(6));
        return m;
    }

    private static MmuExtOp Pin(VcpuId v, ulong frame, int level) => new(v, [new((ExtCommand)(level - 1), new(frame))]);

    private static Underway Begin(Machine m, Request request, int stopAt)
    {
        int chance = 0;
        return m.Begin(request, () => chance++ == stopAt);
    }

    private static void Check(Machine m, bool atRest) => Assert.Empty(m.CheckAll(atRest));

    [Fact, Clause("HC-21"), Clause("R-1")]
    public void Every_invariant_holds_at_every_interruption_and_after_every_request()
    {
        int interruptions = 0;
        for (int seed = 0; seed < Sequences; seed++)
        {
            Script script = new(seed);
            for (int i = 0; i < Length; i++)
            {
                script.NextRace(() =>
                {
                    interruptions++;
                    AssertHolds(script, seed, atRest: false);
                });
                AssertHolds(script, seed, atRest: true);
            }
        }

        Assert.True(interruptions > Sequences / 2, $"{interruptions} interruptions");
    }

    /// <summary>Slots 1 to 3 of frame 3, then of frame 4, then of frame 2 are chances, in the order in which the audit comes to them.</summary>
    [Theory, Clause("HC-21"), Clause("PT-23"), Clause("PT-24")]
    [InlineData(0, 3)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    [InlineData(5, 4)]
    [InlineData(8, 2)]
    public void A_chance_is_a_slot_and_the_way_up_is_left_half_way(int chance, ulong innermost)
    {
        Machine m = Tree();
        Underway call = Begin(m, Pin(Worlds.V0, 1, 4), chance);
        Assert.Null(call.Answer);
        Check(m, atRest: false);
        Assert.True(m.View(new(innermost)).IsPartial && m.View(new(2)).IsPartial && m.View(new(1)).IsPartial);
        Assert.Equal(2, m.View(new(1)).RefCount); // its allocation, and itself

        m.Continue(call);
        Assert.Equal(0, call.Answer!.Value.Rax);
        Check(m, atRest: true);
        Assert.True(m.View(new(1)) is { IsPinned: true, IsValidated: true, IsPartial: false, TypeCount: 1, RefCount: 2 });
    }

    [Fact, Clause("HC-21")]
    public void There_are_no_chances_beyond_the_last()
    {
        Machine m = Tree();
        Assert.Equal(0, Begin(m, Pin(Worlds.V0, 1, 4), 9).Answer!.Value.Rax);
    }

    [Fact, Clause("PT-24")]
    public void Another_vCPU_finishes_what_one_began_and_the_one_finds_it_done()
    {
        Machine m = Tree();
        Underway call = Begin(m, Pin(Worlds.V0, 1, 4), 4);
        Assert.Equal(0, m.Pin(Worlds.V1, 1, 4).Rax);
        Check(m, atRest: false);
        m.Continue(call);
        Assert.Equal(-(long)Errno.EINVAL, call.Answer!.Value.Rax); // HC-7.c
        Check(m, atRest: true);
        Assert.True(m.View(new(1)) is { IsPinned: true, TypeCount: 1, RefCount: 2 });
    }

    [Fact, Clause("PT-23")]
    public void A_table_left_half_way_is_nothing_else()
    {
        Machine m = Tree();
        Underway call = Begin(m, Pin(Worlds.V0, 1, 4), 5);
        Assert.Equal(-(long)Errno.EINVAL, m.Pin(Worlds.V1, 2, 2).Rax);
        Assert.Equal(-(long)Errno.EINVAL, m.Update(Worlds.V1, 4, 0, Worlds.Rw(7)).Rax);
        Assert.Equal(-(long)Errno.EINVAL, m.Ext(Worlds.V1, ExtCommand.ClearPage, 4).Rax);
        m.Continue(call);
        Assert.Equal(0, call.Answer!.Value.Rax);
        Check(m, atRest: true);
    }

    [Theory, Clause("HC-21"), Clause("D-4")]
    [InlineData(false)]
    [InlineData(true)]
    public void Taking_down_is_interrupted_too_and_may_be_turned_round(bool isTurned)
    {
        Machine m = Tree();
        Assert.Equal(0, m.Pin(Worlds.V0, 1, 4).Rax);
        Underway call = Begin(m, new MmuExtOp(Worlds.V0, [new(ExtCommand.Unpin, new(1))]), 4);
        Assert.Null(call.Answer);
        Check(m, atRest: false);
        if (isTurned) Assert.Equal(0, m.Pin(Worlds.V1, 2, 3).Rax);
        m.Continue(call);
        Assert.Equal(0, call.Answer!.Value.Rax);
        Check(m, atRest: true);
        for (ulong f = 1; f < 7; f++) Assert.Equal(isTurned && f > 1, m.View(new(f)).TypeCount > 0);
    }

    [Fact, Clause("HC-21")]
    public void A_refusal_is_kept_while_what_it_began_is_taken_apart()
    {
        Machine m = Tree();
        m.Load(new(4), 3, Worlds.Rw(1));
        Underway call = Begin(m, Pin(Worlds.V0, 1, 4), 6);
        for (int chance = 6; call.Answer is null; chance++) m.Continue(call);
        Assert.Equal(-(long)Errno.EINVAL, call.Answer!.Value.Rax);
        Check(m, atRest: true);
        for (ulong f = 1; f < 7; f++) Assert.Equal((0, 1), (m.View(new(f)).TypeCount, m.View(new(f)).RefCount));
    }

    private static void AssertHolds(Script script, int seed, bool atRest)
    {
        IReadOnlyList<Violation> found = script.Machine.CheckAll(atRest);
        Assert.True(found.Count == 0, $"seed {seed}, {script.Last}: {string.Join("; ", found)}");
    }
}
