using Implementation.Hypervisor;
using static Implementation.Tests.Tables.Bench;

namespace Implementation.Tests.Tables;

/// <summary>The root of a 32-bit domain: four entries, and Xen's slots in what the last one names.</summary>
public class Roots32
{
    private const int FirstXenSlot = 428;

    // The frames of a tree: its root, the L2 with Xen's slots, another L2, an L1.
    private const int Root = 0, XensL2 = 1, L2 = 2, L1 = 3, Other = 4;

    [Fact]
    public void A_root_is_pinned_with_its_four_entries_and_no_more()
    {
        using Bench bench = Tree();
        ulong root = bench.Frames[Root], last = bench.Frames[XensL2];
        bench.Poke(root, 4, bench.Frames[Other], Rw);
        bench.Poke(root, 511, last, Ro);
        bench.Poke(last, FirstXenSlot, bench.Frames[Other], Rw);
        bench.Poke(last, 511, bench.Frames[Other], Rw);

        Assert.Equal(0, bench.Pin(root, 3));
        Assert.Equal((0UL, 0UL), (bench.Peek(root, 4), bench.Peek(root, 511)));
        Assert.Equal(bench.Xen.MachineToPhys.For32Bit.EntryOf(FirstXenSlot), bench.Peek(last, FirstXenSlot));
        Assert.Equal(0UL, bench.Peek(last, 511));
        Assert.True(bench.Xen.Frames[last] is { Type: PageType.L2, HasXenSlots: true, TypeCount: 1 });
        Assert.True(bench.Xen.Frames[bench.Frames[L2]] is { Type: PageType.L2, HasXenSlots: false, TypeCount: 1 });
        Assert.Null(Recount.FirstMistake(bench));
    }

    [Fact]
    public void Entries_of_a_root_get_US_and_RW_while_it_is_one_and_leaves_get_nothing()
    {
        using Bench bench = Tree();
        ulong root = bench.Frames[Root], leaf = bench.Frames[L1];
        bench.Poke(leaf, 7, bench.Frames[Other], Pte.Present);

        Assert.Equal(0, bench.Pin(root, 3));
        Assert.Equal(Pte.Present | Pte.User | Pte.Writable, bench.Peek(root, 0) & 0xfff);
        Assert.Equal(Pte.Present, bench.Peek(leaf, 7) & 0xfff);

        Assert.Equal(0, bench.Unpin(root));
        Assert.Equal(Pte.Present, bench.Peek(root, 0) & 0xfff);
        Assert.Equal(Pte.Present, bench.Peek(root, 3) & 0xfff);
    }

    [Fact]
    public void Slot_3_must_lead_to_an_L2_that_no_other_root_has()
    {
        using Bench bench = Tree();
        ulong root = bench.Frames[Root], second = bench.Frames[Other];

        bench.Poke(second, 0, bench.Frames[L2], Pte.Present);
        Assert.Equal(-Errno.EINVAL, bench.Pin(second, 3));

        Assert.Equal(0, bench.Pin(root, 3));
        bench.Poke(second, 3, bench.Frames[XensL2], Pte.Present);
        Assert.Equal(-Errno.EINVAL, bench.Pin(second, 3)); // shared
        bench.Poke(second, 3, bench.Frames[L2], Pte.Present);
        Assert.Equal(-Errno.EINVAL, bench.Pin(second, 3)); // in use without Xen's slots
        bench.Poke(second, 0, bench.Frames[XensL2], Pte.Present);
        Assert.Equal(-Errno.EINVAL, bench.Pin(second, 3)); // in use with them
        Assert.Null(Recount.FirstMistake(bench));

        Assert.Equal(-Errno.EINVAL, bench.Pin(bench.Frames[XensL2], 2));
        Assert.Equal(0, bench.Pin(bench.Frames[L2], 2));
    }

    [Fact]
    public void Slots_from_3_up_and_Xens_slots_are_not_the_guests_to_change()
    {
        using Bench bench = Tree();
        ulong root = bench.Frames[Root], last = bench.Frames[XensL2];
        Assert.Equal(0, bench.Pin(root, 3));

        Assert.Equal(-Errno.EINVAL, bench.Set(root, 3, 0, 0));
        Assert.Equal(-Errno.EINVAL, bench.Set(root, 4, 0, 0));
        Assert.Equal(-Errno.EPERM, bench.Set(last, FirstXenSlot, 0, 0));
        Assert.Equal(-Errno.EPERM, bench.Set(last, 511, 0, 0));
        Assert.Equal(0, bench.Set(last, FirstXenSlot - 1, bench.Frames[L1], Rw));
        Assert.Equal(0, bench.Set(bench.Frames[L2], 511, bench.Frames[L1], Rw));
        Assert.Equal(0, bench.Set(root, 1, bench.Frames[L2], Pte.Present));
        Assert.Equal(0, bench.Set(root, 0, 0, 0));
        Assert.Null(Recount.FirstMistake(bench));
    }

    public static TheoryData<ulong> BadFlagsOfRoots => [Pte.PageSize, Pte.Global, Pte.WriteThrough, Pte.CacheDisable, Pte.NoExecute, 1UL << 52, 1UL << 62];

    [Theory]
    [MemberData(nameof(BadFlagsOfRoots))]
    public void What_is_reserved_in_a_root_of_four_is_refused(ulong flag)
    {
        using Bench bench = Tree();
        ulong root = bench.Frames[Root];
        bench.Poke(root, 0, bench.Frames[L2], Pte.Present | flag);
        Assert.Equal(-Errno.EINVAL, bench.Pin(root, 3));

        bench.Poke(root, 0, bench.Frames[L2], Pte.Present);
        Assert.Equal(0, bench.Pin(root, 3));
        Assert.Equal(-Errno.EINVAL, bench.Set(root, 1, bench.Frames[L2], Pte.Present | flag));
    }

    [Fact]
    public void A_root_beyond_4_GiB_is_for_guests_that_know_how_to_write_it()
    {
        using Guests.TestGuest guest = new(kind: DomainKind.Pv32Pae);
        using Bench bench = Tree();
        const ulong high = 1 << 20;

        Assert.False(guest.Xen.PageTables.MayBeRoot32(high, guest.Domain));
        Assert.True(guest.Xen.PageTables.MayBeRoot32(high - 1, guest.Domain));
        Assert.True(bench.Tables.MayBeRoot32(high, bench.Domain)); // the builder's, before there is a vCPU
        Assert.Equal(0, guest.Call(21, 0, 3));
        Assert.True(guest.Xen.PageTables.MayBeRoot32(high, guest.Domain));
        Assert.Equal((0x0012_3000u, 0x61_2345UL), (FoldedCr3.Make(0x123), FoldedCr3.Mfn(FoldedCr3.Make(0x61_2345))));
    }

    [Fact]
    public void The_table_with_Xens_slots_is_an_L2_where_linear_entries_are_concerned()
    {
        using Bench bench = Tree();
        (ulong last, ulong other) = (bench.Frames[XensL2], bench.Frames[L2]);
        Assert.Equal(0, bench.Pin(bench.Frames[Root], 3));

        Assert.Equal(0, bench.Set(last, 5, last, Pte.Present));
        Assert.Equal(-Errno.EINVAL, bench.Set(last, 6, last, Pte.Present | Pte.Writable));
        Assert.Equal(0, bench.Set(last, 6, other, Pte.Present));
        Assert.Equal(-Errno.EINVAL, bench.Set(other, 6, last, Pte.Present)); // not both ways
        Assert.Equal(0, bench.Set(last, 6, 0, 0));
        Assert.Equal(0, bench.Set(other, 6, last, Pte.Present));
        Assert.Null(Recount.FirstMistake(bench));
    }

    [Fact]
    public void A_root_does_not_map_roots()
    {
        using Bench bench = Tree();
        ulong root = bench.Frames[Root];
        bench.Poke(root, 1, root, Pte.Present);
        Assert.Equal(-Errno.EINVAL, bench.Pin(root, 3));
    }

    [Fact]
    public void A_root_is_audited_in_parts()
    {
        using Bench bench = Tree();
        ulong root = bench.Frames[Root];
        int asked = 0;
        bench.Tables.Preempt = () => asked++ % 2 == 0;

        Assert.Equal(0, bench.Pin(root, 3));
        Assert.True(asked > 512);
        Assert.Equal(0, bench.Unpin(root));
        Assert.True(bench.Xen.Frames[root] is { TypeCount: 0, RefCount: 1 });
        Assert.Null(Recount.FirstMistake(bench));
    }

    /// <summary>A root whose slots 0 and 3 are used, over one L1 with one writable page.</summary>
    private static Bench Tree()
    {
        Bench bench = new(12, kind: DomainKind.Pv32Pae);
        bench.Poke(bench.Frames[Root], 0, bench.Frames[L2], Pte.Present);
        bench.Poke(bench.Frames[Root], 3, bench.Frames[XensL2], Pte.Present);
        bench.Poke(bench.Frames[L2], 0, bench.Frames[L1], Rw);
        bench.Poke(bench.Frames[L1], 0, bench.Frames[^1], Rw);
        return bench;
    }
}
