using Implementation.Hypervisor;

namespace Implementation.Tests.Tables;

/// <summary>Single entries: which are accepted, which are refused, with which errno first.</summary>
public class Updates
{
    private const ulong Rw = Bench.Rw, Ro = Bench.Ro;

    [Fact]
    public void Pinning_a_root_holds_the_whole_tree_and_unpinning_lets_go()
    {
        using Bench bench = new(8);
        ulong[] chain = bench.Chain();

        Assert.Equal(0, bench.Pin(chain[0], 4));
        for (int i = 0; i < 4; i++)
        {
            Assert.True(bench.Xen.Frames[chain[i]] is { IsValidated: true, TypeCount: 1, RefCount: 2, ValidatedEntries: 512 });
            Assert.Equal((PageType)(4 - i), bench.Xen.Frames[chain[i]].Type);
        }

        Assert.True(bench.Xen.Frames[chain[4]] is { Type: PageType.Writable, TypeCount: 1, RefCount: 2 });
        Assert.Equal(-Errno.EINVAL, bench.Pin(chain[0], 4));
        Assert.Equal(-Errno.EINVAL, bench.Pin(chain[0], 3));

        Assert.Equal(0, bench.Unpin(chain[0]));
        Assert.All(chain, mfn => Assert.True(bench.Xen.Frames[mfn] is { TypeCount: 0, RefCount: 1 }));
        Assert.Equal(-Errno.EINVAL, bench.Unpin(chain[0]));
    }

    [Fact]
    public void Audited_entries_get_the_bits_that_Xen_forces()
    {
        using Bench bench = new(8);
        ulong[] chain = bench.Chain();
        bench.Poke(chain[3], 1, chain[4], Pte.Present);
        bench.Poke(chain[0], 300, chain[1], Pte.Present);
        Assert.Equal(0, bench.Pin(chain[0], 4));

        Assert.Equal(Pte.Make(chain[4], Rw | Pte.Global), bench.Peek(chain[3], 0));
        Assert.Equal(Pte.Make(chain[4], Pte.Present | Pte.User | Pte.GuestKernel), bench.Peek(chain[3], 1));
        Assert.Equal(Pte.Make(chain[1], Pte.Present | Pte.User | Pte.Accessed), bench.Peek(chain[0], 300));
    }

    [Fact]
    public void A_roots_Xen_slots_are_overwritten_and_refused()
    {
        using Bench bench = new(8);
        ulong[] chain = bench.Chain();
        for (int slot = 256; slot <= 271; slot++) bench.Poke(chain[0], slot, 1, Rw | Pte.PageSize);
        Assert.Equal(0, bench.Pin(chain[0], 4));

        for (int slot = 256; slot <= 271; slot++)
        {
            Assert.Equal(0UL, bench.Peek(chain[0], slot));
            Assert.Equal(-Errno.EINVAL, bench.Set(chain[0], slot, chain[1], Rw));
            Assert.Equal(-Errno.EINVAL, bench.Set(chain[0], slot, 0, 0));
        }

        Assert.Equal(0, bench.Set(chain[0], 272, chain[1], Rw));
    }

    public static TheoryData<int, ulong, long> BadFlags => new()
    {
        { 1, Pte.PageSize, -Errno.EINVAL }, { 1, Pte.WriteThrough, -Errno.EINVAL }, { 1, Pte.CacheDisable, -Errno.EINVAL },
        { 1, Pte.AvailableHigh & ~Pte.GuestKernel, 0 }, { 1, Pte.Global, 0 }, { 1, Pte.NoExecute | Pte.Available, 0 }, { 1, Pte.GuestKernel, 0 },
        { 2, Pte.PageSize, -Errno.EINVAL }, { 2, Pte.Global, -Errno.EINVAL }, { 2, Pte.CacheDisable, -Errno.EINVAL },
        { 3, Pte.PageSize, -Errno.EINVAL }, { 4, Pte.PageSize, -Errno.EINVAL }, { 4, Pte.AvailableHigh, 0 },
    };

    [Theory]
    [MemberData(nameof(BadFlags))]
    public void Flags_are_refused_by_level_in_updates_and_in_audits(int level, ulong flag, long expected)
    {
        using Bench bench = new(8);
        ulong[] chain = bench.Chain();
        ulong table = chain[4 - level], below = chain[5 - level];

        Assert.Equal(0, bench.Pin(chain[0], 4));
        Assert.Equal(expected, bench.Set(table, 0, below, Rw | flag));
        Assert.Equal(expected, bench.Set(table, 9, below, Rw | flag));
        Assert.Equal(0, bench.Unpin(chain[0]));

        bench.Poke(table, 5, below, Rw | flag);
        Assert.Equal(expected, bench.Pin(chain[0], 4));
        Assert.Null(Recount.FirstMistake(bench));
    }

    [Fact]
    public void A_leafs_target_is_refused_in_Xens_order()
    {
        using Bench bench = new(8);
        ulong[] chain = bench.Chain();
        ulong xens = bench.Xen.Heap.AllocateXenFrame(), free = Enumerable.Range(1, 95).Select(i => (ulong)i)
            .First(mfn => bench.Xen.Frames[mfn].Owner == FrameTable.NoOwner);
        Assert.Equal(0, bench.Pin(chain[0], 4));

        Assert.Equal(-Errno.EINVAL, bench.Set(chain[3], 1, 0x12345678, Rw | Pte.PageSize)); // the flag before the address
        Assert.Equal(-Errno.EPERM, bench.Set(chain[3], 1, 0x12345678, Rw));
        Assert.Equal(-Errno.EINVAL, bench.Set(chain[3], 1, Pte.AddressMask >> 12, Rw));
        Assert.Equal(-Errno.EBUSY, bench.Set(chain[3], 1, xens, Ro));
        Assert.Equal(-Errno.EBUSY, bench.Set(chain[3], 1, free, Ro));
        Assert.Equal(-Errno.EBUSY, bench.Set(chain[3], 1, chain[3], Rw)); // a table
        Assert.Equal(0, bench.Set(chain[3], 1, chain[3], Ro));
        Assert.Equal(-Errno.EBUSY, bench.Set(chain[3], 2, chain[4], Ro, owner: FrameTable.DomidIo));
        Assert.Equal(-Errno.EPERM, bench.Set(chain[3], 2, 0x12345678, Ro, owner: FrameTable.DomidIo));
        Assert.Equal(-Errno.EINVAL, bench.Set(chain[2], 2, chain[3], Ro, owner: FrameTable.DomidIo));
        Assert.Null(Recount.FirstMistake(bench));
    }

    [Fact]
    public void An_upper_entrys_target_must_be_a_table_of_the_level_below()
    {
        using Bench bench = new(8);
        ulong[] chain = bench.Chain();
        Assert.Equal(0, bench.Pin(chain[0], 4));

        Assert.Equal(-Errno.EINVAL, bench.Set(chain[2], 1, chain[4], Ro)); // writable elsewhere
        Assert.Equal(-Errno.EINVAL, bench.Set(chain[1], 1, chain[3], Ro)); // an L1
        Assert.Equal(-Errno.EINVAL, bench.Set(chain[1], 1, 0x12345678, Ro));
        Assert.Equal(0, bench.Set(chain[2], 1, chain[3], Ro));
        Assert.Equal(2U, bench.Xen.Frames[chain[3]].TypeCount);

        bench.Poke(bench.Frames[6], 3, 0x12345678, Ro);
        Assert.Equal(-Errno.EPERM, bench.Set(chain[2], 2, bench.Frames[6], Rw)); // what the audit below says
        Assert.Null(Recount.FirstMistake(bench));
    }

    [Fact]
    public void Frames_that_are_no_tables_are_written_as_data()
    {
        using Bench bench = new(8);
        ulong[] chain = bench.Chain();
        Assert.Equal(0, bench.Pin(chain[0], 4));

        const ulong nonsense = 0xdead_beef_0000_0fff;
        Assert.Equal(0, bench.Tables.BeginModifyEntry(bench.Domain, bench.Frames[6], 7, nonsense, false, bench.Domain.Id));
        Assert.Equal(nonsense, bench.Peek(bench.Frames[6], 7));
        Assert.True(bench.Xen.Frames[bench.Frames[6]] is { Type: PageType.Writable, TypeCount: 0, RefCount: 1 });
        Assert.Equal(0, bench.Set(chain[4], 7, 0x12345678, Rw)); // mapped writable: data too
        Assert.Equal(-Errno.EINVAL, bench.Set(0x12345678, 7, 0, 0));
        Assert.Equal(-Errno.EINVAL, bench.Set(0, 7, 0, 0)); // Xen's

        Assert.Equal(0, bench.Tables.GetPageType(bench.Frames[7], PageType.SegDesc));
        Assert.Equal(-Errno.EINVAL, bench.Set(bench.Frames[7], 0, 0, 0));
    }

    [Fact]
    public void Only_harmless_changes_take_the_fast_path()
    {
        using Bench bench = new(8);
        ulong[] chain = bench.Chain();
        Assert.Equal(0, bench.Pin(chain[0], 4));
        Assert.Equal(0, bench.Set(chain[0], 5, chain[0], Ro)); // maps itself read-only

        Assert.Equal(0, bench.Set(chain[0], 5, chain[0], Ro | Pte.NoExecute | Pte.Dirty));
        Assert.Equal(-Errno.EINVAL, bench.Set(chain[0], 5, chain[0], Rw)); // XSA-182
        Assert.Equal(-Errno.EINVAL, bench.Set(chain[2], 0, chain[3], Rw | Pte.PageSize)); // XSA-148

        Assert.Equal(0, bench.Set(chain[3], 0, chain[4], Ro));
        Assert.Equal(0U, bench.Xen.Frames[chain[4]].TypeCount);
        Assert.Equal(0, bench.Pin(chain[4], 1));
        Assert.Equal(-Errno.EBUSY, bench.Set(chain[3], 0, chain[4], Rw));
        Assert.Null(Recount.FirstMistake(bench));
    }

    [Fact]
    public void Accessed_and_dirty_survive_when_asked()
    {
        using Bench bench = new(8);
        ulong[] chain = bench.Chain();
        Assert.Equal(0, bench.Pin(chain[0], 4));
        Assert.Equal(0, bench.Set(chain[3], 0, chain[4], Rw | Pte.Dirty));

        Assert.Equal(0, bench.Set(chain[3], 0, chain[4], Pte.Present | Pte.User, preserveAd: true));
        Assert.Equal(Pte.Make(chain[4], Ro | Pte.Dirty | Pte.Global), bench.Peek(chain[3], 0));
        Assert.Equal(0, bench.Set(chain[3], 0, chain[4], Pte.Present | Pte.User));
        Assert.Equal(Pte.Make(chain[4], Pte.Present | Pte.User | Pte.Global), bench.Peek(chain[3], 0));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Linear_tables_are_read_only_and_one_deep(int level)
    {
        using Bench bench = new(8);
        (ulong a, ulong b, ulong c) = (bench.Frames[0], bench.Frames[1], bench.Frames[2]);
        foreach (ulong table in (ulong[])[a, b, c]) Assert.Equal(0, bench.Pin(table, level));

        Assert.Equal(-Errno.EINVAL, bench.Set(a, 1, a, Rw));
        Assert.Equal(0, bench.Set(a, 1, a, Ro));
        Assert.Equal(1U, bench.Xen.Frames[a].TypeCount);
        Assert.Equal(-Errno.EINVAL, bench.Set(a, 2, b, Rw));
        Assert.Equal(0, bench.Set(a, 2, b, Ro));
        Assert.Equal(((short)1, (short)-1), (bench.Xen.Frames[a].LinearCount, bench.Xen.Frames[b].LinearCount));
        Assert.Equal(-Errno.EINVAL, bench.Set(b, 2, c, Ro)); // XSA-240: used by a, so may not use another
        Assert.Equal(-Errno.EINVAL, bench.Set(c, 2, a, Ro)); // a uses b, so nobody may use a

        Assert.Equal(0, bench.Unpin(b)); // held by a alone
        Assert.Equal(1U, bench.Xen.Frames[b].TypeCount);
        Assert.Equal(0, bench.Set(a, 2, 0, 0));
        Assert.Equal(0U, bench.Xen.Frames[b].TypeCount);
        Assert.Equal(0, bench.Set(c, 2, a, Ro));
        Assert.Null(Recount.FirstMistake(bench));
    }

    [Fact]
    public void A_frame_given_back_stays_until_nobody_holds_it_and_comes_back_empty()
    {
        using Bench bench = new(8);
        ulong[] chain = bench.Chain();
        Assert.Equal(0, bench.Pin(chain[0], 4));
        ulong left = bench.Domain.TotalPages;

        bench.Tables.PutAllocation(chain[4]);
        bench.Tables.PutAllocation(chain[4]); // once only
        Assert.True(bench.Xen.Frames[chain[4]] is { RefCount: 1, IsAllocated: false } f && f.Owner == bench.Domain.Id);
        bench.Xen.Memory.Frame(chain[4])[8] = 1;
        bench.Xen.MachineToPhys[chain[4]] = 77;

        Assert.Equal(0, bench.Set(chain[3], 0, 0, 0));
        Assert.Equal(FrameTable.NoOwner, bench.Xen.Frames[chain[4]].Owner);
        Assert.Equal(0, bench.Xen.Memory.Frame(chain[4])[8]);
        Assert.Equal(MachineToPhys.Invalid, bench.Xen.MachineToPhys[chain[4]]);
        Assert.Equal(left - 1, bench.Domain.TotalPages);
    }

    [Fact]
    public void Descriptor_pages_are_audited_and_lowered_to_ring_3()
    {
        using Bench bench = new(8);
        ulong gdt = bench.Frames[0];
        Span<ulong> descriptors = bench.Xen.Memory.Entries(gdt);
        descriptors[1] = 0x00af_9b00_0000_ffff; // ring-0 code
        descriptors[2] = 0x0000_ec00_e033_0000; // call gate, DPL 3
        descriptors[3] = 0x0000_0900_0000_0000; // a TSS, not present

        Assert.Equal(0, bench.Tables.GetPageType(gdt, PageType.SegDesc));
        Assert.Equal(0x00af_fb00_0000_ffffUL, bench.Peek(gdt, 1));
        Assert.Equal(0x0000_8c00_e033_0000UL, bench.Peek(gdt, 2));
        Assert.Equal(0, bench.Tables.UpdateDescriptor(bench.Domain, (gdt << 12) + 32, 0x00cf_9300_0000_ffff));
        Assert.Equal(0x00cf_f300_0000_ffffUL, bench.Peek(gdt, 4));

        Assert.Equal(-Errno.EINVAL, bench.Tables.UpdateDescriptor(bench.Domain, (gdt << 12) + 32, 0x0000_8900_0000_0000)); // a TSS
        Assert.Equal(-Errno.EINVAL, bench.Tables.UpdateDescriptor(bench.Domain, (gdt << 12) + 33, 0));
        Assert.Equal(-Errno.EINVAL, bench.Tables.UpdateDescriptor(bench.Domain, 1UL << 40, 0));

        bench.Xen.Memory.Entries(bench.Frames[1])[511] = 0x0000_8200_0000_0000; // an LDT
        Assert.Equal(-Errno.EINVAL, bench.Tables.GetPageType(bench.Frames[1], PageType.SegDesc));
        Assert.True(bench.Xen.Frames[bench.Frames[1]] is { Type: PageType.None, TypeCount: 0 });
    }
}
