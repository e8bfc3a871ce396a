using Iced.Intel;
using Implementation.Hypervisor;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Guests;

/// <summary>Event channels, timers, and what wakes a vCPU.</summary>
public class EventTests
{
    private const long EPERM = -1, ENOENT = -2, ESRCH = -3, EFAULT = -14, EEXIST = -17, EINVAL = -22, ENOSPC = -28, ENOSYS = -38;
    private const ulong Self = 0x7ff0, SharedInfo = 0x1e000;

    [Fact]
    public void Two_ports_of_a_domain_carry_events_to_each_other()
    {
        using TestGuest guest = new();
        EventChannels events = guest.Domain.Events;
        uint unbound = Port(events.AllocateUnbound(1)), bound = Port(events.BindInterdomain(guest.Domain, unbound));
        Assert.True(events.IsPending(bound)); // as after every bind
        Assert.False(events.IsPending(unbound));
        Assert.Equal(0, events.Send(bound));
        Assert.True(events.IsPending(unbound));
        Assert.True(guest.Vcpu.Info.UpcallPending);

        Assert.Equal(0, events.Close(bound));
        Assert.Equal(ChannelState.Unbound, events[unbound]!.State);
        Assert.Equal(0, events.Send(unbound)); // lost, not refused
        Assert.Equal(EINVAL, events.Send(bound));
    }

    [Fact]
    public void Only_the_domain_a_port_is_meant_for_may_bind_it()
    {
        using TestGuest guest = new();
        Domain other = guest.Xen.CreateDomain("other");
        uint port = Port(guest.Domain.Events.AllocateUnbound(3));
        Assert.Equal(EINVAL, other.Events.BindInterdomain(guest.Domain, port));
        uint theirs = Port(guest.Domain.Events.AllocateUnbound(other.Id)), mine = Port(other.Events.BindInterdomain(guest.Domain, theirs));
        Assert.Equal(EINVAL, other.Events.BindInterdomain(guest.Domain, theirs)); // taken
        Assert.Equal(0, other.Events.Send(mine));
        Assert.True(guest.Domain.Events.IsPending(theirs));
    }

    [Fact]
    public void A_masked_port_stays_pending_until_it_is_unmasked()
    {
        using TestGuest guest = new();
        EventChannels events = guest.Domain.Events;
        uint port = Port(events.BindIpi(0));
        SharedWord(guest, 0xa00) = 1UL << (int)port;
        events.Send(port);
        Assert.True(events.IsPending(port));
        Assert.False(guest.Vcpu.Info.UpcallPending);
        Assert.Equal(0, events.Unmask(port));
        Assert.True(guest.Vcpu.Info.UpcallPending);
        Assert.Equal(1u, guest.Vcpu.Info.PendingSelector);
    }

    [Fact]
    public void Ports_vcpus_and_interrupts_out_of_range_are_refused()
    {
        using TestGuest guest = new();
        EventChannels events = guest.Domain.Events;
        Assert.Equal(EINVAL, events.BindVirq(24, 0));
        Assert.Equal(ENOENT, events.BindVirq(0, 1));
        Assert.Equal(EINVAL, events.BindVirq(3, 1)); // a global one, elsewhere than on vCPU 0
        Assert.Equal(ENOENT, events.BindIpi(uint.MaxValue));
        Assert.InRange(events.BindVirq(0, 0), 1, 4095);
        Assert.Equal(EEXIST, events.BindVirq(0, 0));
        foreach (uint port in new[] { 0u, 77u, 4095u, 4096u, uint.MaxValue })
        {
            Assert.Equal(EINVAL, events.Close(port));
            Assert.Equal(EINVAL, events.Send(port));
            Assert.Equal(port < 64 ? 0 : EINVAL, events.Unmask(port)); // Xen keeps entries for the first 64, in use or not.
            Assert.Equal(EINVAL, events.BindVcpu(port, 0));
        }
    }

    [Fact]
    public void Ports_run_out_and_come_back()
    {
        using TestGuest guest = new();
        EventChannels events = guest.Domain.Events;
        long last = 0, port;
        while ((port = events.AllocateUnbound(0)) > 0) last = port;
        Assert.Equal((4095, ENOSPC), (last, port));
        events.Close(100);
        Assert.Equal(100, events.AllocateUnbound(0));
        Assert.Equal(0, events.Reset());
        Assert.Equal(1, events.AllocateUnbound(0));
    }

    [Fact]
    public void The_hypercall_answers_in_its_structures()
    {
        using TestGuest guest = new();
        ulong argument = guest.Put(Self, 0UL, 0UL); // alloc_unbound: dom self, remote Domain0
        Assert.Equal(0, guest.Call(32, 6, argument));
        ulong port = guest.Half(argument + 4);
        Assert.Equal(0, guest.Call(32, 5, guest.Put(Self | port << 32, 0UL, 0UL)));
        Assert.Equal(1u, guest.Half(argument + 8)); // unbound

        Assert.Equal(EPERM, guest.Call(32, 6, guest.Put(0UL)));             // a port in Domain0
        Assert.Equal(ESRCH, guest.Call(32, 6, guest.Put(9UL)));
        foreach (ulong command in new[] { 5UL, 10UL }) // status, reset
        {
            Assert.Equal(EPERM, guest.Call(32, command, guest.Put(0UL, 0UL, 0UL)));
            Assert.Equal(ESRCH, guest.Call(32, command, guest.Put(9UL, 0UL, 0UL)));
        }

        Assert.Equal(EINVAL, guest.Call(32, 0, guest.Put(0UL, 0UL)));        // bind to Domain0
        Assert.Equal(EFAULT, guest.Call(32, 6, 0xffff_8000_0000_0000));
        Assert.Equal(ENOSYS, guest.Call(32, 11, guest.Put(0UL)));            // FIFO
    }

    [Fact]
    public void A_timer_wakes_a_blocked_guest_at_its_time_and_its_callback_returns()
    {
        using TestGuest guest = new(asm =>
        {
            Label callback = asm.CreateLabel();
            asm.SetCallback(0, callback);
            asm.mov(rdi, SharedInfo);
            asm.mov(rsi, __[TestGuest.Data + 0x300]);
            asm.mov(edx, 2); // UVMF_INVLPG
            asm.mov(eax, 14);
            asm.syscall();
            BindTimer(asm);
            asm.Store(TestGuest.Data + 0x200, 5_000_000);
            asm.Store(TestGuest.Data + 0x208, 0);
            asm.Hypercall(24, 8, 0, TestGuest.Data + 0x200);
            asm.Hypercall(29, 1);
            asm.Save(rax, 0x10);
            asm.rdtsc();
            asm.shl(rdx, 32);
            asm.or(rax, rdx);
            asm.Save(rax, 0);
            asm.PowerOff();
            asm.Label(ref callback);
            asm.Save(rax, 0x18);
            asm.SaveFrame(0x40, 7);
            asm.mov(__byte_ptr[SharedInfo], 0); // evtchn_upcall_pending
            asm.mov(rax, __[TestGuest.Data + 0x18]);
            asm.Return();
        });
        guest.SetWord(TestGuest.Data + 0x300, guest.Domain.SharedInfoMfn << 12 | 7);

        RunResult result = guest.Run();
        Assert.Equal(StopReason.Shutdown, result.Reason);
        Assert.InRange(guest.Word(TestGuest.Data), 5_000_000ul, 5_000_100ul);
        Assert.Equal(0u, guest.Word(TestGuest.Data + 0x10));
        Assert.Equal(0xe030u, guest.Word(TestGuest.Data + 0x40 + 24)); // events were not masked
        Assert.True(result.Instructions < 1000, "the time was skipped, not spun away");
    }

    [Fact]
    public void A_timer_in_the_past_fires_at_once()
    {
        using TestGuest guest = new(asm =>
        {
            Label callback = asm.CreateLabel();
            asm.SetCallback(0, callback);
            BindTimer(asm);
            asm.Hypercall(15, 1); // set_timer_op
            asm.Hypercall(29, 1);
            asm.Label(ref callback);
            asm.PowerOff();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
    }

    [Fact]
    public void An_event_without_a_callback_ends_the_domain()
    {
        using TestGuest guest = new(asm =>
        {
            BindTimer(asm);
            asm.Hypercall(15, 1);
            asm.Hypercall(29, 1);
        });

        RunResult result = guest.Run();
        Assert.Equal(StopReason.Crash, result.Reason);
        Assert.EndsWith("an event has no handler", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_poll_ends_with_its_timeout_or_with_a_masked_port()
    {
        using TestGuest guest = new(asm =>
        {
            BindTimer(asm);
            asm.Store(TestGuest.Data + 0x300, 0);
            asm.mov(eax, __[TestGuest.Data + 0x208]); // the timer's port
            asm.mov(__[TestGuest.Data + 0x300], eax);
            asm.Store(TestGuest.Data + 0x220, TestGuest.Data + 0x300);
            asm.Store(TestGuest.Data + 0x228, 1);
            asm.Store(TestGuest.Data + 0x230, 2_000_000);
            asm.Hypercall(29, 3, TestGuest.Data + 0x220);
            asm.rdtsc();
            asm.Save(rax, 0);
            asm.Hypercall(15, 3_000_000);
            asm.Store(TestGuest.Data + 0x230, 0);
            asm.Hypercall(29, 3, TestGuest.Data + 0x220);
            asm.rdtsc();
            asm.Save(rax, 8);
            asm.PowerOff();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.InRange(guest.Word(TestGuest.Data), 2_000_000ul, 2_000_100ul);
        Assert.InRange(guest.Word(TestGuest.Data + 8), 3_000_000ul, 3_000_100ul);
    }

    [Fact]
    public void A_guest_that_nothing_can_wake_ends_the_run_and_says_why()
    {
        using TestGuest guest = new(asm => asm.Hypercall(29, 1));

        RunResult result = guest.Run();
        Assert.Equal((StopReason.Blocked, "every vCPU is blocked and no event can ever arrive"), (result.Reason, result.Detail));
    }

    [Fact]
    public void The_clock_in_shared_info_agrees_with_the_counter()
    {
        using TestGuest guest = new();
        Assert.Equal(2u, SharedWord(guest, 32) & uint.MaxValue);
        Assert.Equal(0u, SharedWord(guest, 40));
        Assert.Equal(0u, SharedWord(guest, 48));
        Assert.Equal(1UL << 32 | 0x8000_0000, SharedWord(guest, 56)); // scale 2^31 / 2^32, shifted left once
        Assert.Equal(1_704_067_200u, SharedWord(guest, 0xc00) >> 32);
    }

    [Fact]
    public void Vcpu_info_moves_once_and_everything_is_looked_at_again()
    {
        using TestGuest guest = new();
        ulong mfn = guest.FrameOf(TestGuest.Data);
        Assert.Equal(EINVAL, guest.Call(24, 10, 0, guest.Put(mfn, 4096UL - 63)));
        Assert.Equal(EINVAL, guest.Call(24, 10, 0, guest.Put(ulong.MaxValue, 0UL)));
        Assert.Equal(EINVAL, guest.Call(24, 10, 0, guest.Put(guest.Vcpu.KernelRootMfn, 0UL))); // a page table
        Assert.Equal(0, guest.Call(24, 10, 0, guest.Put(mfn, 0x40UL)));
        Assert.Equal(0x101u, guest.Word(TestGuest.Data + 0x40)); // pending, and masked as it was
        Assert.Equal(ulong.MaxValue, guest.Word(TestGuest.Data + 0x48));
        Assert.Equal(EINVAL, guest.Call(24, 10, 0, guest.Put(mfn, 0x80UL)));
    }

    private static void BindTimer(Assembler asm)
    {
        asm.Store(TestGuest.Data + 0x200, 0); // virq 0, vcpu 0
        asm.Hypercall(32, 1, TestGuest.Data + 0x200);
    }

    private static uint Port(long answer)
    {
        Assert.InRange(answer, 1, 4095);
        return (uint)answer;
    }

    private static ref ulong SharedWord(TestGuest guest, int offset) =>
        ref guest.Xen.Memory.Entries(guest.Domain.SharedInfoMfn)[offset / 8];
}
