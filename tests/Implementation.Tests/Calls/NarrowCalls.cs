using System.Buffers.Binary;
using Implementation.Hypercalls;
using Implementation.Hypervisor;
using Implementation.Tests.Guests;

namespace Implementation.Tests.Calls;

/// <summary>The structures that a 32-bit guest hands over: each where i386 has its members.</summary>
public class NarrowCalls
{
    private const uint Self = 0x7ff0;
    private const ulong At = TestGuest.Scratch, Free = TestGuest.Data;

    [Fact]
    public void Entries_are_updated_in_halves_and_operations_have_three_words()
    {
        using TestGuest guest = Narrow();
        ulong entry = Pte.Make(guest.FrameOf(Free), Pte.Present);
        ulong root = guest.Vcpu.KernelRootMfn;

        Assert.Equal(0, guest.Call(14, Free, (uint)entry, entry >> 32, 0));
        Assert.Equal(entry, guest.Xen.PageTables.ReadLeaf(guest.Vcpu, Free));
        Assert.Equal(-Errno.EINVAL, guest.Call(14, Free, (uint)entry | 0x10, entry >> 32, 0)); // PCD is for domains with devices
        Assert.Equal(-Errno.EINVAL, guest.Call(14, MachineToPhys32.VirtStart, 0, 0, 0));
        Assert.Equal(0, guest.Call(22, Free, (uint)entry, 0, 0, Self));
        Assert.Equal(-Errno.ESRCH, guest.Call(22, Free, (uint)entry, 0, 0, 77));

        Assert.Equal(0, guest.Call(26, guest.PutNarrow(4, (uint)root, 0, 2, (uint)root, 0, 5, (uint)root, 0), 3, At + 0x100, Self));
        Assert.Equal(3u, guest.Half(At + 0x100));
        Assert.Equal(0, guest.Call(26, guest.PutNarrow(3, (uint)root, 0), 1, 0, Self)); // there is no fourth level to pin
        Assert.True(guest.Xen.Frames[root] is { Type: PageType.L3, IsPinned: true });
        Assert.Equal(-Errno.EINVAL, guest.Call(26, guest.PutNarrow(15, 0, 0), 1, 0, Self));
        Assert.Equal(-Errno.EFAULT, guest.Call(26, MachineToPhys32.VirtStart, 1, 0, Self));
    }

    [Fact]
    public void A_pfn_is_changed_in_both_machine_to_physical_tables()
    {
        using TestGuest guest = Narrow();
        ulong mfn = guest.FrameOf(Free);
        guest.Put((mfn << 12) | 1, 4711);

        Assert.Equal(0, guest.Call(1, At, 1, 0, Self));
        Assert.Equal((4711UL, 4711u), (guest.Xen.MachineToPhys[mfn], guest.Xen.MachineToPhys.For32Bit[mfn]));
        Assert.Equal(4711u, guest.Half(MachineToPhys32.VirtStart + (mfn * 4)));
        Assert.False(guest.Vcpu.TryWrite(MachineToPhys32.VirtStart, 0u));
        Assert.Equal(uint.MaxValue, guest.Xen.MachineToPhys.For32Bit[0]);
    }

    [Fact]
    public void A_multicall_has_entries_of_eight_words_and_puts_words_into_them()
    {
        using TestGuest guest = Narrow();
        guest.PutNarrow(17, 77, 0, 0, 0, 0, 0, 0, 99, 77, 0, 0, 0, 0, 0, 0, 9, 77, 6, 0, 0, 0, 0, 0);
        Assert.Equal(0, guest.Call(13, At, 3));
        Assert.Equal(0x4_0011u, guest.Half(At + 4));
        Assert.Equal(unchecked((uint)-Errno.ENOSYS), guest.Half(At + 32 + 4));
        Assert.Equal(0xffff_0ff0u, guest.Half(At + 64 + 4));
        Assert.Equal(6u, guest.Half(At + 64 + 8));
    }

    [Fact]
    public void Callbacks_and_traps_have_selectors_of_ring_1_at_least()
    {
        using TestGuest guest = Narrow();
        Assert.Equal(0, guest.Call(4, 0xe018, 0x1111, 0x63, 0x2222));
        Callbacks callbacks = guest.Vcpu.Callbacks;
        Assert.Equal((0xe019, 0x1111UL), (callbacks.EventSelector, callbacks.Event));
        Assert.Equal((0x63, 0x2222UL), (callbacks.FailsafeSelector, callbacks.Failsafe));

        Assert.Equal(0, guest.Call(30, 0, guest.PutNarrow(1 << 16 | 7, 0xe019, 0x3333)));
        Assert.Equal((0xe019, 0x3333UL, true), (callbacks.Syscall32Selector, callbacks.Syscall32, callbacks.Syscall32MasksEvents));
        Assert.Equal(-Errno.ENOSYS, guest.Call(30, 0, guest.PutNarrow(2, 0xe019, 0x3333)));

        Assert.Equal(0, guest.Call(0, guest.PutNarrow(0xe018_0703, 0x4444, 0xe019_000d, 0x5555, 0, 0)));
        Assert.Equal(new TrapInfo(7, 0xe019, 0x4444), guest.Vcpu.Traps[3]);
        Assert.Equal(new TrapInfo(0, 0xe019, 0x5555), guest.Vcpu.Traps[13]);

        Assert.Equal(0, guest.Call(3, 0xe020, 0x6666));
        Assert.Equal((0xe021, 0x6666UL), (guest.Vcpu.KernelStackSelector, guest.Vcpu.KernelStackPointer));
        Assert.Equal(0, guest.Call(28, 0, guest.PutNarrow(0x7777)));
        Assert.Equal(new TrapInfo(4, 0xe019, 0x7777), guest.Vcpu.Traps[2]);
    }

    [Fact]
    public void Grant_frames_are_listed_in_words()
    {
        using TestGuest guest = Narrow();
        guest.PutNarrow(Self, 2, 0xffff_ffff, (uint)At + 0x100);
        Assert.Equal(0, guest.Call(20, 2, At, 1));
        Assert.Equal(0xffff_0000u, guest.Half(At + 8));
        Assert.Equal(guest.Domain.Grants.Frames.Select(mfn => (uint)mfn), [guest.Half(At + 0x100), guest.Half(At + 0x104)]);
    }

    [Fact]
    public void Memory_comes_and_goes_by_words()
    {
        using TestGuest guest = Narrow();
        ulong mfn = guest.FrameOf(Free);
        guest.PutNarrow((uint)At + 0x100, 1, 0, 0, Self);
        Assert.True(guest.Vcpu.TryWrite(At + 0x100, (uint)mfn));
        Assert.Equal(0, guest.Call(14, Free, 0, 0, 0));
        Assert.Equal(1, guest.Call(12, 1, At));

        Assert.True(guest.Vcpu.TryWrite(At + 0x100, (uint)(Free >> 12)));
        Assert.Equal(1, guest.Call(12, 6, At));
        uint populated = guest.Half(At + 0x100);
        Assert.Equal((uint)(Free >> 12), guest.Xen.MachineToPhys.For32Bit[populated]);

        Assert.Equal(0, guest.Call(12, 12, At));
        uint[] range = [.. Enumerable.Range(0, 3).Select(i => guest.Half(At + ((ulong)i * 4)))];
        Assert.Equal([0xf580_0000, 0xffe0_0000, 0x0298_0000 - 1], range);

        guest.PutNarrow(1, (uint)At + 0x100);
        Assert.Equal(0, guest.Call(12, 9, At));
        Assert.Equal((1u, 2048u << 12), (guest.Half(At), guest.Half(At + 0x108)));
    }

    [Fact]
    public void Timers_runstates_and_ports_are_where_i386_has_them()
    {
        using TestGuest guest = Narrow();
        Assert.Equal(0, guest.Call(15, 5, 1));
        Assert.Equal((1UL << 32) + 5, guest.Vcpu.Timers.Singleshot);
        Assert.Equal(0, guest.Call(24, 8, 0, guest.PutNarrow(7, 2, 0)));
        Assert.Equal((2UL << 32) + 7, guest.Vcpu.Timers.Singleshot);

        Assert.Equal(0, guest.Call(24, 5, 0, guest.PutNarrow((uint)At + 0x100, 0)));
        Assert.Equal(At + 0x100, guest.Vcpu.Runstate.Area);
        Assert.Equal(0, guest.Call(24, 4, 0, At + 0x200));
        Assert.Equal(0u, guest.Half(At + 0x200));

        uint port = guest.Domain.StorePort;
        guest.PutNarrow((uint)At + 0x100, 1, 9, 3);
        Assert.True(guest.Vcpu.TryWrite(At + 0x100, port));
        Assert.Equal(0, guest.Call(29, 3, At));
        Assert.Equal((VcpuState.Polling, (3UL << 32) + 9), (guest.Vcpu.State, guest.Vcpu.Timers.Poll));
        Assert.Equal([port], guest.Vcpu.PolledPorts);

        Assert.Equal(0, guest.Call(33, 7, guest.PutNarrow((uint)At + 0x300, 128)));
        Assert.Equal((At + 0x300, 128u), guest.Vcpu.IoBitmap);
        Assert.Equal(0, guest.Call(17, 5, At));
        Assert.Equal(0xf580_0000u, guest.Half(At));
        Assert.Equal(-Errno.ENOSYS, guest.Call(25, 0, 0));
    }

    [Fact]
    public void Events_have_32_words_of_32_bits()
    {
        using TestGuest guest = Narrow();
        Domain domain = guest.Domain;
        Span<byte> info = guest.Xen.Memory.Frame(domain.SharedInfoMfn);
        Assert.Equal(1024u, domain.Events.Limit);
        uint port = 0;
        for (int i = 0; i < 40; i++) port = (uint)domain.Events.AllocateUnbound(Domain.Domain0);
        domain.Events.SetPending(domain.Events[port]!);

        Assert.Equal(1u << (int)(port % 32), BinaryPrimitives.ReadUInt32LittleEndian(info[(0x800 + 4)..]));
        Assert.Equal((1, 2u), (info[0], BinaryPrimitives.ReadUInt32LittleEndian(info[4..]))); // pending, and where to look
        Assert.Equal(0u, BinaryPrimitives.ReadUInt32LittleEndian(info[0x884..])); // nothing is masked
        Assert.Equal((uint)VirtualTime.WallClockSeconds, BinaryPrimitives.ReadUInt32LittleEndian(info[0x904..]));

        long last = 0;
        while (last >= 0) last = domain.Events.AllocateUnbound(Domain.Domain0);
        Assert.Equal(-Errno.ENOSPC, last);
        Assert.Null(domain.Events[1024]);
        Assert.NotNull(domain.Events[1023]);
    }

    [Fact]
    public void Descriptors_are_lowered_to_ring_1_and_never_long()
    {
        using TestGuest guest = Narrow();
        ulong at = guest.FrameOf(Free) << 12;

        Assert.Equal(0xb3UL, Stored(0x00cf_9300_0000_ffff) >> 40 & 0xff);
        Assert.Equal(0xf3UL, Stored(0x00cf_f300_0000_ffff) >> 40 & 0xff);
        Assert.Equal(0x00cf_bb00_0000_ffffUL, Stored(0x00cf_9b00_0000_67ff)); // ended below the M2P of today
        Assert.Equal(0x00c0_f200_0000_5000UL, Stored(0x00c0_f200_0000_5000));
        Assert.Equal(0x0000_8c00_0009_1234UL, Stored(0x0000_8c00_0008_1234)); // a gate keeps its ring in the selector
        Assert.Equal(-Errno.EINVAL, Update(0x00af_9b00_0000_ffff)); // 64-bit code
        Assert.Equal(-Errno.EINVAL, Update(0x0000_8900_0000_0000)); // a task state segment

        ulong Stored(ulong descriptor)
        {
            Assert.Equal(0, Update(descriptor));
            return guest.Xen.Memory.Read64(at);
        }

        long Update(ulong descriptor) => guest.Call(10, (uint)at, at >> 32, (uint)descriptor, descriptor >> 32);
    }

    [Fact]
    public void A_GDT_is_a_list_of_words()
    {
        using TestGuest guest = Narrow();
        ulong mfn = guest.FrameOf(Free);
        Assert.Equal(0, guest.Call(14, Free, (uint)(mfn << 12) | 1, mfn >> 20, 2));
        Assert.Equal(0, guest.Call(2, guest.PutNarrow((uint)mfn), 512));
        Assert.Equal(mfn, guest.Vcpu.GdtFrames[0]);
    }

    private static TestGuest Narrow() => new(kind: DomainKind.Pv32Pae);
}
