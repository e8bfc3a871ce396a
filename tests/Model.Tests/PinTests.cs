using static Model.Tests.Worlds;

namespace Model.Tests;

/// <summary>Pins, unpins and base pointers on full-size tables.</summary>
public sealed class PinTests
{
    /// <summary>A tree of four tables over one data frame: 1 to 4 are L4 to L1, 5 is data, the tables are mapped read-only.</summary>
    private static Machine Tree()
    {
        Machine m = OneDomain(16);
        m.Load(new(1), 0, Rw(2));
        m.Load(new(2), 0, Rw(3));
        m.Load(new(3), 0, Rw(4));
        for (ulong f = 1; f < 5; f++) m.Load(new(4), (int)f, Ro(f));
        m.Load(new(4), 5, Rw(5));
        return m;
    }

    [Fact, Clause("HC-7")]
    public void Pinning_a_root_establishes_the_whole_tree()
    {
        Machine m = Tree();

        Assert.Equal(0, m.Pin(V0, 1, 4).Rax);

        Assert.Equal([PageType.L4, PageType.L3, PageType.L2, PageType.L1, PageType.Writable], Enumerable.Range(1, 5).Select(f => m.View(new((ulong)f)).Type));
        Assert.All(Enumerable.Range(1, 5), f => Assert.Equal(1, m.View(new((ulong)f)).TypeCount));
        Assert.Equal(3, m.View(new(1)).RefCount); // its allocation, the pin, and the read-only mapping
    }

    [Fact, Clause("HC-8")]
    public void Unpinning_takes_the_tree_down()
    {
        Machine m = Tree();
        m.Pin(V0, 1, 4);

        Assert.Equal(0, m.Ext(V0, ExtCommand.Unpin, 1).Rax);

        Assert.All(Enumerable.Range(1, 5), f => Assert.Equal((0, 1), (m.View(new((ulong)f)).TypeCount, m.View(new((ulong)f)).RefCount)));
    }

    [Fact, Clause("HC-7")]
    public void A_writable_mapping_of_a_table_is_refused_and_leaves_nothing_behind()
    {
        Machine m = Tree();
        m.Load(new(4), 9, Rw(1));

        Assert.Equal(-(long)Errno.EBUSY, m.Pin(V0, 1, 4).Rax);

        Assert.All(Enumerable.Range(1, 5), f => Assert.Equal((0, 1), (m.View(new((ulong)f)).TypeCount, m.View(new((ulong)f)).RefCount)));
    }

    [Fact, Clause("HC-9")]
    public void A_new_base_holds_its_root_and_lets_the_old_one_go()
    {
        Machine m = Tree();
        m.Pin(V0, 1, 4);
        m.Ext(V0, ExtCommand.NewBase, 1);
        Assert.True(m.Touch(V0, [(new(1), 0), (new(2), 0), (new(3), 0), (new(4), 5)], new(5), write: true));
        Assert.True(m.IsCached(V0, new(5), writable: true));
        Assert.False(m.Touch(V0, [(new(1), 0), (new(2), 0), (new(3), 0), (new(4), 1)], new(1), write: true));

        m.Pin(V0, 6, 4);
        Assert.Equal(0, m.Ext(V0, ExtCommand.NewBase, 6).Rax);

        Assert.False(m.IsCached(V0, new(5), writable: false));
        Assert.Equal(2, m.View(new(6)).TypeCount);
        Assert.Equal(1, m.View(new(1)).TypeCount);
    }

    [Fact, Clause("HC-2")]
    public void An_update_exchanges_the_references()
    {
        Machine m = Tree();
        m.Pin(V0, 1, 4);

        Assert.Equal(0, m.Update(V0, 4, 5, Rw(6)).Rax);
        Assert.Equal((0, 1), (m.View(new(5)).TypeCount, m.View(new(6)).TypeCount));
        Assert.Equal(0, m.Update(V0, 4, 5, Ro(6)).Rax);
        Assert.Equal((0, 2), (m.View(new(6)).TypeCount, m.View(new(6)).RefCount));
        Assert.Equal(-(long)Errno.EBUSY, m.Update(V0, 4, 5, Rw(1)).Rax);
        Assert.Equal(0, m.Update(V0, 1, 1, Ro(1)).Rax);
        Assert.Equal(-(long)Errno.EINVAL, m.Update(V0, 1, 1, Rw(1)).Rax);
        Assert.Equal(0, m.Update(V0, 7, 1, Rw(1)).Rax); // no table: plain memory
        Assert.Equal(PageType.Writable, m.View(new(7)).Type);
    }
}
