using static Model.EntryFlags;
using static Model.Errno;
using static Model.Tests.Worlds;

namespace Model.Tests;

/// <summary>What hypercalls answer, and in which order they refuse.</summary>
/// <remarks>
/// Domain 1 owns frames 1 to 19, with the tree 1 to 4 (L4 to L1) over data in 5, loaded by vCPU 0; domain 2 owns 20 to 29. Tables
/// have 512 entries.
/// </remarks>
public sealed class HypercallTests
{
    private const Errno Ok = Errno.None;

    private static Entry Absent => default;

    public static TheoryData<string, uint, Errno> Foreign => new()
    {
        { "itself", 0x7ff0, Ok },
        { "its own number", 1, ESRCH },
        { "another domain", 2, EPERM },
        { "device memory", 0x7ff1, EPERM },
        { "Xen", 0x7ff2, EPERM },
        { "nobody", 77, ESRCH },
        { "tables of itself", (2 << 16) | 0x7ff0, Ok },
        { "tables of another domain", (3 << 16) | 0x7ff0, EPERM },
        { "tables of nobody", (78 << 16) | 0x7ff0, ESRCH },
    };

    [Theory, MemberData(nameof(Foreign)), Clause("HC-1")]
    public void A_batch_is_for_its_caller_alone(string whom, uint foreign, Errno expected)
    {
        Answer answer = World().Perform(new MmuUpdate(V0, [new(UpdateKind.Normal, new(4), 9, Ro(6))], foreign));

        Assert.True(answer.Rax == -(long)expected, $"{whom}: {answer}");
    }

    public static TheoryData<string, ulong, int, Entry, Errno> Entries => new()
    {
        { "not the caller's frame", 20, 0, Ro(6), EINVAL },
        { "no frame at all", 1 << 20, 0, Ro(6), EINVAL },
        { "leaf, data", 4, 9, Rw(6), Ok },
        { "leaf, absent", 4, 0, Absent, Ok },
        { "leaf, reserved bit before a foreign target", 4, 9, new(new(20), Present | Disallowed), EINVAL },
        { "leaf, not write-back", 4, 9, new(new(6), Present | Cache), EINVAL },
        { "leaf, global", 4, 9, new(new(6), Present | Global), Ok },
        { "leaf, no memory", 4, 9, Ro(1 << 20), EPERM },
        { "leaf, all ones", 4, 9, Ro(0xff_ffff_ffff), EINVAL },
        { "leaf, another's frame", 4, 9, Ro(20), EBUSY },
        { "leaf, nobody's frame", 4, 9, Ro(30), EBUSY },
        { "leaf, Xen's frame", 4, 9, Ro(0), EBUSY },
        { "leaf, table read-only", 4, 9, Ro(1), Ok },
        { "leaf, table writable", 4, 9, Rw(1), EBUSY },
        { "upper, empty table", 3, 9, Rw(6), Ok },
        { "upper, superpage", 3, 9, new(new(6), Present | Superpage), EINVAL },
        { "upper, global", 3, 9, new(new(6), Present | Global), EINVAL },
        { "upper, data in use", 3, 9, Rw(5), EINVAL },
        { "upper, another's", 3, 9, Rw(20), EINVAL },
        { "upper, a table with a foreign entry", 3, 9, Rw(7), EBUSY },
        { "upper, itself read-only", 3, 9, Ro(3), Ok },
        { "upper, itself writable", 3, 9, Rw(3), EINVAL },
        { "root, Xen's slot", 1, 256, Ro(2), EINVAL },
        { "root, Xen's last slot", 1, 271, Absent, EINVAL },
        { "root, the slot after", 1, 272, Absent, Ok },
        { "plain memory", 8, 3, new(new(20), Present | Disallowed), Ok },
        { "descriptor page in use", 9, 3, Ro(6), EINVAL },
    };

    [Theory, MemberData(nameof(Entries)), Clause("HC-2"), Clause("HC-3"), Clause("HC-5")]
    public void An_entry_is_refused_in_order(string what, ulong table, int slot, Entry entry, Errno expected)
    {
        Machine m = World();

        Answer answer = m.Update(V0, table, slot, entry);

        Assert.True(answer.Rax == -(long)expected, $"{what}: {answer}");
        Assert.Equal(expected == Ok ? 1 : 0, answer.Done);
        Assert.Empty(m.CheckAll());
    }

    public static TheoryData<string, ExtOp, Errno> Ops => new()
    {
        { "pin, not the caller's", new(ExtCommand.PinL1, new(20)), EINVAL },
        { "pin, no frame", new(ExtCommand.PinL1, new(1 << 20)), EINVAL },
        { "pin, data in use", new(ExtCommand.PinL1, new(5)), EINVAL },
        { "pin, a table with a foreign entry", new(ExtCommand.PinL1, new(7)), EBUSY },
        { "pin, pinned", new(ExtCommand.PinL4, new(1)), EINVAL },
        { "pin, of another level", new(ExtCommand.PinL3, new(1)), EINVAL },
        { "pin, held and not pinned", new(ExtCommand.PinL3, new(2)), Ok },
        { "unpin, not the caller's", new(ExtCommand.Unpin, new(20)), EINVAL },
        { "unpin, not pinned", new(ExtCommand.Unpin, new(2)), EINVAL },
        { "base, the same", new(ExtCommand.NewBase, new(1)), Ok },
        { "base, no root", new(ExtCommand.NewBase, new(2)), EINVAL },
        { "base, another's", new(ExtCommand.NewBase, new(20)), EINVAL },
        { "user base, none", new(ExtCommand.NewUserBase, new(0)), Ok },
        { "user base, the kernel's", new(ExtCommand.NewUserBase, new(1)), Ok },
        { "flush, unreadable set", new(ExtCommand.TlbFlushMulti), EINVAL },
        { "flush, a set", new(ExtCommand.TlbFlushMulti, Vcpus: [V0, V1]), Ok },
        { "flush, an address", new(ExtCommand.InvlpgAll), Ok },
        { "cache", new(ExtCommand.FlushCache), EACCES },
        { "all caches", new(ExtCommand.FlushCacheGlobal), EINVAL },
        { "no LDT", new(ExtCommand.SetLdt), Ok },
        { "an LDT at Xen's address", new(ExtCommand.SetLdt, Entries: 1, Address: 0xffff_8000_0000_0000), EINVAL },
        { "an LDT that is too long", new(ExtCommand.SetLdt, Entries: 8193), EINVAL },
        { "an LDT", new(ExtCommand.SetLdt, Entries: 1, Address: 0x1000), Ok },
        { "clear, a table", new(ExtCommand.ClearPage, new(4)), EINVAL },
        { "clear, data", new(ExtCommand.ClearPage, new(8)), Ok },
        { "copy, from another's", new(ExtCommand.CopyPage, new(8), new(20)), EINVAL },
        { "copy", new(ExtCommand.CopyPage, new(8), new(1)), Ok },
        { "superpages", new(ExtCommand.MarkSuper, new(8)), EOPNOTSUPP },
        { "no command", new((ExtCommand)14), ENOSYS },
    };

    [Theory, MemberData(nameof(Ops), DisableDiscoveryEnumeration = true), Clause("HC-6"), Clause("HC-7"), Clause("HC-8"), Clause("HC-9"), Clause("HC-10"), Clause("HC-11")]
    public void An_operation_is_refused_in_order(string what, ExtOp op, Errno expected)
    {
        Machine m = World();

        Answer answer = m.Perform(new MmuExtOp(V0, [op]));

        Assert.True(answer.Rax == -(long)expected, $"{what}: {answer}");
        Assert.Empty(m.CheckAll());
    }

    [Fact, Clause("HC-2")]
    public void A_batch_stops_at_its_first_refusal()
    {
        Machine m = World();

        Answer answer = m.Perform(new MmuUpdate(V0,
        [
            new(UpdateKind.Normal, new(4), 9, Ro(6)), new(UpdateKind.MachPhys, new(6), 0, default), new(UpdateKind.Unknown, new(6), 0, default), new(UpdateKind.Normal, new(4), 10, Ro(6)),
        ]));

        Assert.Equal(new Answer(-(long)ENOSYS, 2), answer);
        Assert.True(m.EntryOf(new(4), 9).IsPresent && !m.EntryOf(new(4), 10).IsPresent);
    }

    [Fact, Clause("PT-19")]
    public void Accessed_and_dirty_survive_if_asked_to()
    {
        Machine m = World();
        m.Update(V0, 4, 9, new(new(6), Present | User | Accessed | Dirty));

        m.Update(V0, 4, 9, Ro(6), UpdateKind.PreserveAd);
        Assert.True(m.EntryOf(new(4), 9).Has(Accessed | Dirty));

        m.Update(V0, 4, 9, Ro(6));
        Assert.False(m.EntryOf(new(4), 9).Has(Accessed));

        m.Update(V0, 8, 0, new(new(6), Present | Dirty));
        m.Update(V0, 8, 0, Ro(6), UpdateKind.PreserveAd); // plain memory takes the entry as it is
        Assert.False(m.EntryOf(new(8), 0).Has(Dirty));
    }

    [Fact, Clause("PT-21")]
    public void Guests_read_back_adjusted_entries()
    {
        Machine m = World();
        m.Update(V0, 4, 9, new(new(6), Present));
        m.Update(V0, 4, 10, new(new(6), Present | User));

        Assert.Equal(Present | User | GuestKernel, m.EntryOf(new(4), 9).Flags);
        Assert.Equal(Present | User | Global, m.EntryOf(new(4), 10).Flags);
        Assert.Equal(Present | User | Writable | Accessed, m.EntryOf(new(1), 0).Flags);
        Assert.Equal(Present | User | Writable, m.EntryOf(new(2), 0).Flags);

        m.Update(V0, 4, 9, m.EntryOf(new(4), 9)); // What was read may be written.
        Assert.Equal(Present | User | GuestKernel, m.EntryOf(new(4), 9).Flags);
    }

    [Fact, Clause("PT-14")]
    public void Xens_slots_hold_nothing_of_the_guests()
    {
        Machine m = World();
        m.Load(new(10), 256, Rw(20));
        m.Load(new(10), 271, Rw(1 << 20));

        Assert.Equal(0, m.Pin(V0, 10, 4).Rax);
        Assert.False(m.EntryOf(new(10), 256).IsPresent);
        Assert.Empty(m.CheckAll());
    }

    [Fact, Clause("HC-12"), Clause("TLB-3")]
    public void Update_va_mapping_flushes_what_it_was_asked_to()
    {
        Machine m = World();
        m.WalkToData(write: true);

        Assert.Equal(-(long)EINVAL, m.Perform(new UpdateVaMapping(V0, null, 0, Absent, FlushKind.Tlb, [])).Rax);
        Assert.Equal(-(long)EINVAL, m.Perform(new UpdateVaMapping(V0, new(3), 0, Absent, FlushKind.Tlb, [])).Rax);
        Assert.Equal(0, m.Perform(new UpdateVaMapping(V0, new(4), 0, Absent, FlushKind.None, [])).Rax);
        Assert.True(m.IsCached(V0, new(5), writable: true));
        Assert.Equal(0, m.Perform(new UpdateVaMapping(V0, new(4), 0, Absent, FlushKind.Tlb, [])).Rax);
        Assert.False(m.IsCached(V0, new(5), writable: false));
        Assert.Equal(-(long)EFAULT, m.Perform(new UpdateVaMapping(V0, new(4), 1, Ro(6), FlushKind.Tlb, [], VcpusReadable: false)).Rax);
    }

    [Fact, Clause("HC-13"), Clause("TLB-5")]
    public void Stores_reach_data_at_once_and_tables_only_through_xen()
    {
        Machine m = World();

        Assert.False(m.Store(V0, new(5), 0, Rw(20)));
        m.WalkToData(write: true);
        Assert.True(m.Store(V0, new(5), 0, Rw(20)));
        Assert.False(m.Store(V0, new(4), 0, Rw(20)));
        Assert.Equal(0, m.Perform(new EmulatedEntryUpdate(V0, new(4), 9, Rw(6))).Rax);
        Assert.Equal(-(long)EINVAL, m.Perform(new EmulatedEntryUpdate(V0, new(4), 9, Rw(20))).Rax);
        Assert.Equal(-(long)EINVAL, m.Perform(new EmulatedEntryUpdate(V0, new(5), 9, Rw(6))).Rax);
    }

    [Fact, Clause("HC-14"), Clause("HC-15"), Clause("HC-16"), Clause("FR-3"), Clause("FR-6")]
    public void Frames_go_back_when_nothing_holds_them()
    {
        Machine m = World();

        Assert.Equal(3, m.Perform(new DecreaseReservation(V0, [new(5), new(5), new(7), new(20), new(6)])).Rax);
        Assert.Equal((D1, 1), (m.View(new(5)).Owner, m.View(new(5)).RefCount)); // still mapped, and given back only once
        Assert.Equal((Domid.Nobody, D1), (m.View(new(7)).Owner, m.View(new(6)).Owner));
        m.Update(V0, 4, 0, Absent);
        Assert.Equal(Domid.Nobody, m.View(new(5)).Owner);
        Assert.Equal(0, m.Perform(new PopulatePhysmap(V1, [new(6)])).Rax);
        Assert.Equal(1, m.Perform(new IncreaseReservation(V1, [new(5)])).Rax);
        Assert.Equal(D2, m.View(new(5)).Owner);

        Assert.Equal(-(long)EINVAL, m.Perform(new RegisterVcpuInfo(V0, new(4))).Rax);
        Assert.Equal(0, m.Perform(new RegisterVcpuInfo(V0, new(6))).Rax);
        Assert.Equal(-(long)EINVAL, m.Perform(new RegisterVcpuInfo(V0, new(8))).Rax);
        Assert.Equal(-(long)EINVAL, m.Pin(V0, 6, 1).Rax); // Xen writes there
    }

    [Fact, Clause("PT-26"), Clause("PT-22")]
    public void A_page_of_an_LDT_is_held_from_its_use_until_what_led_there_changes()
    {
        Machine m = World();
        m.Update(V0, 4, 9, Ro(8));
        Map(8, Ok);

        m.Perform(new MmuExtOp(V0, [new(ExtCommand.SetLdt, Entries: 512, Address: 0x1000, IsSame: true)]));
        Assert.Equal(1, m.View(new(8)).TypeCount);
        m.Perform(new MmuExtOp(V0, [new(ExtCommand.SetLdt, Entries: 512, Address: 0x2000)]));
        Assert.Equal(0, m.View(new(8)).TypeCount);

        Map(8, Ok);
        m.Ext(V0, ExtCommand.NewBase, 1);
        Assert.Equal(1, m.View(new(8)).TypeCount);
        m.Update(V0, 4, 9, Absent);
        Assert.Equal((0, 1), (m.View(new(8)).TypeCount, m.View(new(8)).RefCount));
        Assert.Equal(1, m.View(new(9)).TypeCount); // the GDT's page stays

        Map(5, EINVAL); // writable
        Map(20, EINVAL); // another's
        Map(1 << 20, EINVAL);
        Assert.Empty(m.CheckAll());

        void Map(ulong frame, Errno expected) =>
            Assert.Equal(-(long)expected, m.Perform(new MapLdtPage(V0, 15, new(new(frame), IsLawful: true))).Rax);
    }

    [Fact, Clause("HC-1"), Clause("BP-4"), Clause("HC-19")]
    public void Only_a_kernel_asks()
    {
        Machine m = World();

        Assert.Equal(-(long)EINVAL, m.Perform(new SwitchMode(V0, ToKernel: false)).Rax);
        m.Ext(V0, ExtCommand.NewUserBase, 1);
        Assert.Equal(0, m.Perform(new SwitchMode(V0, ToKernel: false)).Rax);
        Assert.Equal(-(long)EPERM, m.Pin(V0, 8, 1).Rax);
        Assert.Equal(0, m.Perform(new NonMemory(V0, "xen_version")).Rax);
        Assert.Equal(0, m.Perform(new SwitchMode(V0, ToKernel: true)).Rax);
        Assert.Equal(0, m.Pin(V0, 8, 1).Rax);
    }

    private static Machine World()
    {
        Machine m = new(new(32, [D1, D2]));
        m.DeclareFrame(new(0), default, FrameKind.Xen);
        for (ulong f = 1; f < 20; f++) m.DeclareFrame(new(f), D1);
        for (ulong f = 20; f < 30; f++) m.DeclareFrame(new(f), D2);
        for (ulong f = 1; f < 5; f++) m.Load(new(f), 0, Rw(f + 1));
        m.Load(new(7), 1, Ro(20));
        m.Pin(V0, 1, 4);
        m.Ext(V0, ExtCommand.NewBase, 1);
        m.Perform(new SetGdt(V0, [new(new(9), IsLawful: true)], 512));
        return m;
    }
}
