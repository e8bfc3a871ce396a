using Implementation.Hypercalls;
using Implementation.Hypervisor;
using static Implementation.Tests.Calls.SmallDomain;

namespace Implementation.Tests.Calls;

/// <summary>The calls that change memory: their errors, in Xen's order, and how much of a batch was done.</summary>
public class MemoryCalls
{
    private const int Free = 950; // A pfn that only its own mapping uses.

    [Fact]
    public void A_batch_stops_at_its_first_mistake_and_says_where()
    {
        using SmallDomain d = new();
        ulong data = d.Mfn(Free) << 12;

        Assert.Equal(0, d.MmuUpdate(Self, (data, 1), (data + 8, 2)));
        Assert.Equal(2U, d.LastDone);
        Assert.Equal(-Errno.EINVAL, d.MmuUpdate(Self, (data, 3), (1UL << 40, 0), (data + 8, 4)));
        Assert.Equal(1U, d.LastDone);
        Assert.Equal([3UL, 2UL], d.Xen.Memory.Entries(d.Mfn(Free))[..2].ToArray());
        Assert.Equal(0, d.MmuUpdate(Self));
        Assert.Equal(0U, d.LastDone);
    }

    [Fact]
    public void Foreign_domains_and_kinds_of_update_are_checked_first()
    {
        using SmallDomain d = new();
        ulong data = d.Mfn(Free) << 12;

        Assert.Equal(-Errno.ESRCH, d.MmuUpdate(d.Domain.Id, (data, 0))); // itself, but not as DOMID_SELF
        Assert.Equal(0U, d.LastDone);
        Assert.Equal(-Errno.ESRCH, d.MmuUpdate(77, (data, 0)));
        Assert.Equal(-Errno.EPERM, d.MmuUpdate(0, (data, 0)));
        Assert.Equal(-Errno.EPERM, d.MmuUpdate(0x7ff1, (data, 0)));
        Assert.Equal(-Errno.EPERM, d.MmuUpdate(0x7ff2, (data, 0)));
        Assert.Equal(-Errno.ESRCH, d.MmuUpdate(Self | (78UL << 16), (data, 0)));
        Assert.Equal(0xdeadU, d.LastDone);
        Assert.Equal(-Errno.EPERM, d.MmuUpdate(Self | (1UL << 16), (data, 0)));
        Assert.Equal(0, d.MmuUpdate(Self | ((d.Domain.Id + 1UL) << 16), (data, 0)));
        Assert.Equal(-Errno.ENOSYS, d.MmuUpdate(Self, (data | 4, 0)));
        Assert.Equal(0, d.MmuUpdate(Self, (data | 2, 0), (data | 3, 0)));

        Assert.Equal(-Errno.EFAULT, MmuUpdate.Handle(d.Xen, d.V, new(1, Layout.XenStart, 1, 0, Self, 0)));
        Assert.Equal(-Errno.EFAULT, MmuUpdate.Handle(d.Xen, d.V, new(1, 0x7000_0000_0000, 1, 0, Self, 0)));
        Assert.Equal(0, MmuUpdate.Handle(d.Xen, d.V, new(1, 0x7000_0000_0000, 0, 0, Self, 0)));
        Assert.Equal(-5, MmuUpdate.Handle(d.Xen, d.V, new(1, 0, 1UL << 31, 0, unchecked((uint)-5), 0)));
    }

    [Fact]
    public void The_machine_to_physical_table_is_changed_for_own_frames_only()
    {
        using SmallDomain d = new();
        Assert.Equal(0, d.MmuUpdate(Self, ((d.Mfn(Free) << 12) | 1, 4711)));
        Assert.Equal(4711UL, d.Xen.MachineToPhys[d.Mfn(Free)]);
        Assert.Equal(-Errno.EINVAL, d.MmuUpdate(Self, (1, 4711)));
        Assert.Equal(-Errno.EPERM, d.MmuUpdate(Self | (1UL << 16), ((d.Mfn(Free) << 12) | 1, 0)));
    }

    [Fact]
    public void Very_long_batches_go_on_where_they_stopped()
    {
        using SmallDomain d = new();
        ulong page = d.Mfn(Free);
        for (int i = 0; i < 256; i++) // the same 256 requests, 256 times
        {
            d.Xen.Memory.Entries(page)[i * 2] = (page << 12) | 1;
            Assert.Equal(0, d.UpdateVa(Address(600 + i), Pte.Make(page, Ro)));
        }

        HypercallRegisters call = new(1, Address(600), 0x7fff_ffff, 0x3ff8, Self, 0);
        Assert.Equal(0, MmuUpdate.Handle(d.Xen, d.V, call));
        Assert.Equal(1U << 16, d.LastDone);

        Assert.Equal(Address(856), d.V.Continuation?.A1);
        call = d.V.Continuation!.Value;
        d.V.Continuation = null;
        Assert.Equal(-Errno.EINVAL, MmuUpdate.Handle(d.Xen, d.V, call)); // beyond, there are zeros
        Assert.Equal(1U << 16, d.LastDone);
        Assert.Null(d.V.Continuation);
    }

    [Fact]
    public void Extended_operations_answer_as_Xen_does()
    {
        using SmallDomain d = new();
        ulong data = d.Mfn(Free), writable = d.Mfn(Free + 1);

        Assert.Equal(-Errno.EINVAL, d.MmuExt(0, data)); // mapped writable
        Assert.Equal(0, d.UpdateVa(Address(Free), Pte.Make(data, Ro)));
        Assert.Equal(0, d.MmuExt(0, data));
        Assert.Equal(-Errno.EINVAL, d.MmuExt(0, data));
        Assert.Equal(-Errno.EINVAL, d.MmuExt(1, data));
        Assert.Equal(-Errno.EINVAL, d.MmuExt(16, data));
        Assert.Equal(-Errno.EINVAL, d.MmuExt(17, data, writable));
        Assert.Equal(0, d.MmuExt(17, writable, data));
        Assert.Equal(0, d.MmuExt(4, data));
        Assert.Equal(-Errno.EINVAL, d.MmuExt(4, data));
        Assert.Equal(0, d.MmuExt(16, writable));

        Assert.Equal(0, d.MmuExt(6));
        Assert.Equal(0, d.MmuExt(7, Layout.XenStart));
        Assert.Equal(-Errno.EINVAL, d.MmuExt(8, 0, 0x7000_0000_0000));
        Assert.Equal(0, d.MmuExt(9, 0x1000, 0x3000));
        Assert.Equal(0, d.MmuExt(10));
        Assert.Equal(0, d.MmuExt(11));
        Assert.Equal(-Errno.EACCES, d.MmuExt(12));
        Assert.Equal(0, d.MmuExt(13));
        Assert.Equal(-Errno.EINVAL, d.MmuExt(13, 0x1001, 1));
        Assert.Equal(-Errno.EINVAL, d.MmuExt(13, Layout.XenStart, 1));
        Assert.Equal(0, d.MmuExt(13, 0x1000, 1));
        Assert.Equal(-Errno.ENOSYS, d.MmuExt(14));
        Assert.Equal(-Errno.EINVAL, d.MmuExt(18));
        Assert.Equal(-Errno.EOPNOTSUPP, d.MmuExt(19));
        Assert.Equal(-Errno.EOPNOTSUPP, d.MmuExt(20));
        Assert.Equal(-Errno.ENOSYS, d.MmuExt(uint.MaxValue));
        Assert.Equal(-Errno.EPERM, d.MmuExt(6, foreign: 0));
        Assert.Equal(-Errno.ESRCH, d.MmuExt(6, foreign: d.Domain.Id));
    }

    [Fact]
    public void A_guest_moves_to_a_root_of_its_own_and_drops_the_builders()
    {
        using SmallDomain d = new();
        ulong builders = d.Root, own = d.Mfn(Free);
        d.Xen.Memory.Frame(builders).CopyTo(d.Xen.Memory.Frame(own));
        Assert.Equal(-Errno.EINVAL, d.MmuExt(5, own)); // still writable
        Assert.Equal(0, d.UpdateVa(Address(Free), Pte.Make(own, Ro)));
        Assert.Equal(0, d.MmuExt(3, own));
        Assert.Equal(0, d.MmuExt(5, own));
        Assert.Equal(own, d.Root);
        Assert.Equal(d.Xen.MachineToPhys.RootEntry, d.Xen.Memory.Entries(own)[256]);
        Assert.Equal(0, d.MmuExt(4, builders));
        Assert.True(d.Xen.Frames[builders] is { TypeCount: 0, RefCount: 2 }); // allocated, mapped
        Assert.Equal(0, d.MmuExt(15, own));
        Assert.Equal(3U, d.Xen.Frames[own].TypeCount);
        Assert.Equal(0, d.MmuExt(15, 0));
        Assert.Equal(-Errno.EINVAL, d.MmuExt(15, d.Mfn(3)));
        Assert.Equal(0, d.MmuExt(4, own));
        Assert.True(d.Xen.Frames[own] is { TypeCount: 1, IsValidated: true }); // the vCPU runs on it
    }

    [Fact]
    public void Leaves_are_changed_by_address()
    {
        using SmallDomain d = new();
        ulong shared = Pte.Make(d.Domain.SharedInfoMfn, Rw);
        Assert.Equal(0, d.UpdateVa(Address(Free), shared, flags: 2));
        Assert.Equal(shared | Pte.Global, d.Leaf(Free));
        Assert.Equal(0, d.UpdateVa(Address(Free), 0, flags: 1));
        Assert.Equal(0, d.UpdateVa(Address(Free), shared, flags: 1 | 4));
        Assert.Equal(-Errno.EFAULT, d.UpdateVa(Address(Free), 0, flags: 1 | 0x7000_0000_0000)); // done all the same
        Assert.Equal(0UL, d.Leaf(Free));

        Assert.Equal(-Errno.EINVAL, d.UpdateVa(1UL << 40, 0));
        Assert.Equal(-Errno.EINVAL, d.UpdateVa(Layout.XenStart, Pte.Make(d.Mfn(3), Ro)));
        Assert.Equal(-Errno.EBUSY, d.UpdateVa(Address(Free), Pte.Make(d.Root, Rw)));
        Assert.Equal(-Errno.EBUSY, d.UpdateVa(Address(Free), Pte.Make(0, Ro)));
        Assert.Equal(-Errno.EPERM, d.UpdateVa(Address(Free), Pte.Make(1UL << 30, Ro)));
        Assert.Equal(-Errno.EPERM, UpdateVaMapping.HandleOtherDomain(d.Xen, d.V, new(22, Address(Free), 0, 0, 0, 0)));
        Assert.Equal(-Errno.ESRCH, UpdateVaMapping.HandleOtherDomain(d.Xen, d.V, new(22, Address(Free), 0, 0, d.Domain.Id, 0)));
        Assert.Equal(0, UpdateVaMapping.HandleOtherDomain(d.Xen, d.V, new(22, Address(Free), 0, 0, Self, 0)));
    }

    [Fact]
    public void An_address_that_a_linear_mapping_leads_to_has_no_leaf()
    {
        using SmallDomain d = new();
        Assert.Equal(0, d.Set(d.Root, 300, Pte.Make(d.Root, Ro)));
        ulong linear = 0xffff_0000_0000_0000 | (300UL << 39);
        Assert.Equal(-Errno.EINVAL, d.UpdateVa(linear, Pte.Make(d.Mfn(3), Ro))); // an L2, seen as an L1
    }

    [Fact]
    public void Frames_are_given_back_and_taken()
    {
        using SmallDomain d = new();
        ulong mfn = d.Mfn(Free);
        ulong[] Request(ulong list, ulong count, ulong order = 0, ulong domid = Self) => [list, count, order, domid, mfn];
        const ulong list = 0x3020;

        Assert.Equal(1, d.Memory(1, Request(list, 1)));
        Assert.Equal(Pages, (long)d.Domain.TotalPages); // still mapped
        Assert.Equal(0, d.UpdateVa(Address(Free), 0));
        Assert.Equal(Pages - 1, (long)d.Domain.TotalPages);
        Assert.Equal(0, d.Memory(1, Request(list, 1)));
        Assert.Equal(MachineToPhys.Invalid, d.Xen.MachineToPhys[mfn]);

        mfn = 5000; // now a pfn
        Assert.Equal(0, d.Memory(6, Request(list, 1, order: 1)));
        Assert.Equal(0, d.Memory(6, Request(list, 1, order: 60)));
        Assert.Equal(1, d.Memory(6, Request(list, 1)));
        Assert.Equal(5000UL, d.Xen.MachineToPhys[d.Argument(4)]);
        Assert.Equal(0, d.Memory(0, Request(list, 1))); // the allowance is used up
        Assert.Equal(0, d.Memory(1, Request(list, 1, domid: 0)));
        Assert.Equal(0, d.Memory(1, Request(list, ulong.MaxValue)));
        Assert.Equal(0, d.Memory(1, Request(Layout.XenStart, 1)));
        Assert.Equal(9, d.Memory(1 | (9 << 6), Request(list, 2)));
    }

    [Fact]
    public void What_a_domain_may_know_of_memory()
    {
        using SmallDomain d = new();
        Assert.Equal(1400, d.Memory(2, 0));
        Assert.Equal(Pages, d.Memory(3, Self));
        Assert.Equal(Pages, d.Memory(4, d.Domain.Id));
        Assert.Equal(-Errno.EPERM, d.Memory(3, 0));
        Assert.Equal(-Errno.ESRCH, d.Memory(3, 99));
        Assert.Equal(-Errno.EINVAL, d.Memory(3 | 64, Self));
        Assert.Equal(0, d.Memory(9, 128, 0x3100));
        Assert.True(d.V.TryRead(0x3108, out ulong size));
        Assert.Equal((1UL, (ulong)Pages << 12), (d.Argument(0) & uint.MaxValue, size));
        Assert.Equal(0, d.Memory(12));
        Assert.Equal((MachineToPhys.VirtStart, MachineToPhys.VirtEnd), (d.Argument(0), d.Argument(1)));
        Assert.Equal((1UL << 35) - 1, d.Argument(2));
        foreach (ulong operation in (ulong[])[5, 7, 8, 10, 11, 13, 15, 23, 63, 9 | 64])
            Assert.Equal(-Errno.ENOSYS, d.Memory(operation, 0));
    }

    [Fact]
    public void A_descriptor_table_is_held_until_the_next()
    {
        using SmallDomain d = new();
        ulong frame = d.Mfn(Free);
        Assert.Equal(-Errno.EINVAL, Gdt(d, 512, frame)); // mapped writable
        Assert.Equal(0, d.UpdateVa(Address(Free), Pte.Make(frame, Ro)));
        Assert.Equal(0, Gdt(d, 512, frame));
        Assert.True(d.Xen.Frames[frame] is { Type: PageType.SegDesc, TypeCount: 1, RefCount: 3 });
        Assert.Equal(-Errno.EBUSY, d.UpdateVa(Address(Free), Pte.Make(frame, Rw)));
        Assert.Equal(-Errno.EINVAL, Gdt(d, 513, frame, 0));
        Assert.Equal(-Errno.EINVAL, Gdt(d, 7169, frame));
        Assert.True(d.Xen.Frames[frame] is { TypeCount: 1, RefCount: 3 });
        Assert.Equal(0, UpdateDescriptor.Handle(d.Xen, d.V, new(10, (frame << 12) + 8, 0x00af_9b00_0000_ffff, 0, 0, 0)));
        Assert.Equal(-Errno.EFAULT, SetGdt.Handle(d.Xen, d.V, new(2, 0x7000_0000_0000, 1, 0, 0, 0)));
        Assert.Equal(0, Gdt(d, 0));
        Assert.Equal(0, d.UpdateVa(Address(Free), Pte.Make(frame, Rw)));
    }

    private static long Gdt(SmallDomain d, ulong entries, params ulong[] frames)
    {
        d.Write(frames);
        return SetGdt.Handle(d.Xen, d.V, new(2, 0x3000, entries, 0, 0, 0));
    }
}
