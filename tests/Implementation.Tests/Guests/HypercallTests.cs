using Implementation.Hypercalls;
using Implementation.Hypervisor;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Guests;

/// <summary>Hypercalls that are not about memory: answers, and arguments that lie.</summary>
public sealed class HypercallTests : IDisposable
{
    private const long EPERM = -1, ENOENT = -2, EFAULT = -14, EINVAL = -22, ENOSYS = -38, EOPNOTSUPP = -95;
    private const ulong Xens = 0xffff_8000_0000_0000, NotCanonical = 0x8000_0000_0000_0000, NotMapped = 0x7f00_0000_0000;

    private readonly TestGuest _guest = new();

    public static TheoryData<ulong, long> Refusals => new()
    {
        { 6, ENOSYS }, { 7, EPERM }, { 11, ENOSYS }, { 16, ENOSYS }, { 18, EPERM }, { 19, ENOSYS }, { 27, ENOSYS }, { 34, ENOSYS },
        { 35, EPERM }, { 36, EPERM }, { 39, ENOSYS }, { 40, EOPNOTSUPP }, { 43, ENOSYS }, { 63, ENOSYS }, { 64, ENOSYS },
        { ulong.MaxValue, ENOSYS },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_an_unprivileged_domain_may_not_ask_is_refused(ulong number, long answer) =>
        Assert.Equal(answer, _guest.Call(number, 0, TestGuest.Data, TestGuest.Data));

    [Theory]
    [InlineData(Xens)]
    [InlineData(0xffff_87ff_ffff_fff8)]
    [InlineData(NotCanonical)]
    [InlineData(NotMapped)]
    [InlineData(0xffff_ffff_ffff_fffc)]
    public void No_hypercall_follows_a_pointer_out_of_the_guest(ulong pointer)
    {
        Assert.Equal(EFAULT, _guest.Call(0, pointer));
        Assert.Equal(EFAULT, _guest.Call(13, pointer, 1));
        Assert.Equal(EFAULT, _guest.Call(17, 1, pointer));
        Assert.Equal(EFAULT, _guest.Call(17, 6, pointer));
        Assert.Equal(EFAULT, _guest.Call(20, 2, pointer, 1));
        Assert.Equal(EFAULT, _guest.Call(20, 6, pointer, 1));
        Assert.Equal(EFAULT, _guest.Call(24, 5, 0, pointer));
        Assert.Equal(EFAULT, _guest.Call(24, 8, 0, pointer));
        Assert.Equal(EFAULT, _guest.Call(24, 10, 0, pointer));
        Assert.Equal(EFAULT, _guest.Call(28, 0, pointer));
        Assert.Equal(EFAULT, _guest.Call(29, 2, pointer));
        Assert.Equal(EFAULT, _guest.Call(29, 3, pointer));
        Assert.Equal(EFAULT, _guest.Call(30, 0, pointer));
        Assert.Equal(EFAULT, _guest.Call(32, 4, pointer));
        Assert.Equal(EFAULT, _guest.Call(33, 6, pointer));
        Assert.False(_guest.Domain.HasEnded);
    }

    [Fact]
    public void Guest_memory_is_read_across_pages_and_not_around_the_end()
    {
        byte[] bytes = new byte[5000];
        Random.Shared.NextBytes(bytes);
        Assert.True(_guest.Vcpu.TryWrite(TestGuest.Data + 0xffd, bytes));
        byte[] back = new byte[5000];
        Assert.True(_guest.Vcpu.TryRead(TestGuest.Data + 0xffd, back));
        Assert.Equal(bytes, back);
        Assert.False(_guest.Vcpu.TryRead(ulong.MaxValue - 3, back));
        Assert.False(_guest.Vcpu.TryRead(0x3f_fff0, back)); // runs off the initial mapping
    }

    [Fact]
    public void Xen_says_which_it_is()
    {
        Assert.Equal(4 << 16 | 17, _guest.Call(17, 0));
        Assert.Equal(4096, _guest.Call(17, 7));
        Assert.Equal(EINVAL, _guest.Call(17, 7, TestGuest.Data));
        Assert.Equal(0, _guest.Call(17, 6, _guest.Put(0UL)));
        Assert.Equal(0x220e0UL, _guest.Word(TestGuest.Scratch) >> 32);
        Assert.Equal(EINVAL, _guest.Call(17, 6, _guest.Put(1UL)));
        Assert.Equal(0, _guest.Call(17, 5, TestGuest.Data));
        Assert.Equal(Xens, _guest.Word(TestGuest.Data));
        Assert.Equal(EPERM, _guest.Call(17, 10, TestGuest.Data));
        Assert.Equal(ENOSYS, _guest.Call(17, 11, TestGuest.Data));
    }

    [Fact]
    public void A_trap_table_merges_and_a_null_pointer_clears_it()
    {
        Assert.Equal(0, _guest.Call(0, _guest.Put(3UL | 3 << 8, 0x1000UL, 0UL, 0UL)));
        Assert.Equal(0, _guest.Call(0, _guest.Put(14UL | 4 << 8, 0x2000UL, 0UL, 0UL)));
        Assert.Equal((0x1000u, 3, false), (_guest.Vcpu.Traps[3].Address, _guest.Vcpu.Traps[3].Dpl, _guest.Vcpu.Traps[3].MasksEvents));
        Assert.Equal((0x2000u, 0, true), (_guest.Vcpu.Traps[14].Address, _guest.Vcpu.Traps[14].Dpl, _guest.Vcpu.Traps[14].MasksEvents));
        Assert.Equal(EINVAL, _guest.Call(0, _guest.Put(3UL, NotCanonical)));
        Assert.Equal(0, _guest.Call(0));
        Assert.Equal(0u, _guest.Vcpu.Traps[3].Address);
    }

    [Fact]
    public void A_multicall_answers_each_entry_and_neither_nests_nor_returns()
    {
        ulong list = TestGuest.Data;
        ulong[] numbers = [17, 99, 13, 23, 21];
        for (int i = 0; i < numbers.Length; i++) _guest.SetWord(list + (ulong)i * 64, numbers[i]);
        _guest.SetWord(list + 4 * 64 + 24, 4); // vm_assist enable architectural_iopl

        Assert.Equal(0, _guest.Call(13, list, 5));
        Assert.Equal([4 << 16 | 17, ENOSYS, EINVAL, ENOSYS, 0], Enumerable.Range(0, 5).Select(i => (long)_guest.Word(list + (ulong)i * 64 + 8)));
        Assert.True(_guest.Domain.Assists.HasFlag(VmAssist.ArchitecturalIopl));
        Assert.Equal((1u, 1u), (_guest.Domain.Hypercalls.Total, _guest.Domain.Hypercalls.ByName["xen_version"]));
    }

    [Fact]
    public void A_long_multicall_goes_on_where_it_stopped()
    {
        using TestGuest guest = new(asm =>
        {
            asm.Hypercall(13, 0x20000, 10_000);
            asm.Save(rax, 0);
            asm.PowerOff();
        });
        for (ulong i = 0; i < 10_000; i++) guest.SetWord(0x20000 + i * 64, 17);

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(0u, guest.Word(TestGuest.Data));
        Assert.Equal(10_000u, guest.Domain.Hypercalls.ByName["xen_version"]);
        Assert.Equal(4u << 16 | 17, guest.Word(0x20000 + 9_999 * 64 + 8));
    }

    [Fact]
    public void A_request_without_end_is_stopped_by_the_limit()
    {
        using TestGuest guest = new(asm => asm.Hypercall(13, 0x20000, uint.MaxValue));
        // An entry that reads as itself for ever would need as much memory; the whole mapping is as long as it gets.
        RunResult result = guest.Run(50);
        Assert.Contains(result.Reason, new[] { StopReason.Limit, StopReason.Crash });
    }

    [Fact]
    public void Vcpu_questions()
    {
        Assert.Equal(1, _guest.Call(24, 3, 0));
        Assert.Equal(ENOENT, _guest.Call(24, 3, 1));
        Assert.Equal(ENOENT, _guest.Call(24, 3, uint.MaxValue));
        Assert.Equal(EINVAL, _guest.Call(24, 6, 0, _guest.Put(999_999UL)));
        Assert.Equal(0, _guest.Call(24, 6, 0, _guest.Put(1_000_000UL)));
        Assert.Equal(0, _guest.Call(24, 7, 0));
        _guest.Vcpu.Cpu.TscOffset = 1000;
        Assert.Equal(0, _guest.Call(24, 8, 0, _guest.Put(1UL, 1UL))); // in the past, though it asks for the future
        Assert.Equal(0, _guest.Call(24, 8, 0, _guest.Put(1UL, 0UL)));
        Assert.Equal(0, _guest.Call(24, 9, 0));
        Assert.Equal(ENOSYS, _guest.Call(24, 77, 0));
        Assert.Equal(0, _guest.Call(24, 4, 0, TestGuest.Data));
        Assert.Equal(1000u, _guest.Word(TestGuest.Data + 16)); // running since the start
    }

    [Fact]
    public void The_grant_table_is_version_1_and_grows_to_its_limit()
    {
        ulong argument = _guest.Put(0x7ff0UL, 0UL);
        Assert.Equal(0, _guest.Call(20, 6, argument, 1));
        Assert.Equal((1u, 64u, 0u), (_guest.Half(argument + 4), _guest.Half(argument + 8), _guest.Half(argument + 12)));

        argument = _guest.Put(0x7ff0UL | 3UL << 32, 0UL, TestGuest.Data);
        Assert.Equal(0, _guest.Call(20, 2, argument, 1));
        Assert.Equal(0, (short)_guest.Word(argument + 8));
        Assert.Equal(_guest.Domain.Grants.Frames, [_guest.Word(TestGuest.Data), _guest.Word(TestGuest.Data + 8), _guest.Word(TestGuest.Data + 16)]);

        argument = _guest.Put(0x7ff0UL | 65UL << 32, 0UL, TestGuest.Data);
        Assert.Equal(0, _guest.Call(20, 2, argument, 1));
        Assert.Equal(-1, (short)_guest.Word(argument + 8));
        Assert.Equal(3, _guest.Domain.Grants.Frames.Count);

        Assert.Equal(0, _guest.Call(20, 8, _guest.Put(1UL), 1));
        Assert.Equal(ENOSYS, _guest.Call(20, 8, _guest.Put(2UL), 1));
        Assert.Equal(EINVAL, _guest.Call(20, 8, _guest.Put(3UL), 1));
        Assert.Equal(EINVAL, _guest.Call(20, 2, argument, 2));
        Assert.Equal(EINVAL, _guest.Call(20, 2, argument, 0x8000_0000));
    }

    [Fact]
    public void The_grant_table_does_not_grow_into_a_machine_that_is_full()
    {
        while (_guest.Xen.Heap.FreeFrames > 2) _guest.Xen.Heap.AllocateXenFrame();
        ulong argument = _guest.Put(0x7ff0UL | 4UL << 32, 0UL, TestGuest.Data);
        Assert.Equal(0, _guest.Call(20, 2, argument, 1));
        Assert.Equal(-1, (short)_guest.Word(argument + 8));
        Assert.Single(_guest.Domain.Grants.Frames);
    }

    [Fact]
    public void The_toolstack_has_granted_the_rings_to_domain0()
    {
        ReadOnlySpan<ulong> entries = _guest.Xen.Memory.Entries(_guest.Domain.Grants.Frames[0]);
        Assert.Equal(1u, entries[0] & uint.MaxValue); // permit_access, domain 0
        Assert.Equal(1u, entries[1] & uint.MaxValue);
        Assert.NotEqual(entries[0], entries[1]);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(7, 0)]
    public void Io_privilege_and_its_limits(ulong wrong, ulong spare)
    {
        Assert.Equal(EINVAL, _guest.Call(33, 6, _guest.Put(4UL + wrong + spare)));
        Assert.Equal(0, _guest.Call(33, 6, _guest.Put(1UL)));
        Assert.Equal(1, _guest.Vcpu.Iopl);
        Assert.Equal(EINVAL, _guest.Call(33, 7, _guest.Put(TestGuest.Data, 65537UL)));
        Assert.Equal(EINVAL, _guest.Call(33, 7, _guest.Put(Xens, 8UL)));
        Assert.Equal(0, _guest.Call(33, 7, _guest.Put(TestGuest.Data, 65536UL)));
    }

    [Fact]
    public void Segment_bases_are_canonical_and_belong_to_their_mode()
    {
        Assert.Equal(EINVAL, _guest.Call(25, 0, NotCanonical));
        Assert.Equal(EINVAL, _guest.Call(25, 4, 0));
        Assert.Equal(0, _guest.Call(25, 0, 0x1111));
        Assert.Equal(0, _guest.Call(25, 1, 0x2222));
        Assert.Equal(0, _guest.Call(25, 2, 0x3333));
        Assert.Equal((0x1111u, 0x3333u, 0x2222u), (_guest.Vcpu.Cpu.FsBase, _guest.Vcpu.Cpu.GsBase, _guest.Vcpu.OtherGsBase));
        Assert.Equal(0, _guest.Call(25, 3, 0x1233)); // no such descriptor
        Assert.Equal((0x3333u, 0u), (_guest.Vcpu.Cpu.GsBase, _guest.Vcpu.OtherGsBase));
    }

    [Fact]
    public void Debug_registers_are_kept_within_what_a_guest_may_set()
    {
        Assert.Equal(0, _guest.Call(8, 0, 0x1000));
        Assert.Equal(0x1000, _guest.Call(9, 0));
        Assert.Equal(EPERM, _guest.Call(8, 1, Xens));
        Assert.Equal(EPERM, _guest.Call(8, 7, 1 << 13)); // general detect
        Assert.Equal(0, _guest.Call(8, 6, 0));
        Assert.Equal(0xffff_0ff0, _guest.Call(9, 6));
        Assert.Equal(EINVAL, _guest.Call(8, 8, 0));
        Assert.Equal(-19, _guest.Call(9, 8)); // ENODEV
    }

    [Fact]
    public void A_shutdown_reason_must_be_one()
    {
        Assert.Equal(EINVAL, _guest.Call(29, 2, _guest.Put(6UL)));
        Assert.Equal(EPERM, _guest.Call(29, 4, _guest.Put(0UL)));
        Assert.Equal(EINVAL, _guest.Call(29, 3, _guest.Put(TestGuest.Data, 129UL, 0UL)));
        Assert.Equal(EINVAL, _guest.Call(29, 3, _guest.Put(TestGuest.Data, 1UL, 0UL))); // port 0
        Assert.Equal(0, _guest.Call(29, 2, _guest.Put(1UL)));
        Assert.Equal(ShutdownReason.Reboot, _guest.Domain.ShutdownReason);
    }

    [Fact]
    public void Callbacks_are_registered_and_mostly_stay()
    {
        Assert.Equal(0, _guest.Call(4, 0x1000, 0x2000, NotCanonical));
        Assert.Equal((0x1000u, 0x2000u, 0u), (_guest.Vcpu.Callbacks.Event, _guest.Vcpu.Callbacks.Failsafe, _guest.Vcpu.Callbacks.Syscall));
        Assert.Equal(0, _guest.Call(30, 0, _guest.Put(2UL | 1 << 16, 0x3000UL)));
        Assert.True(_guest.Vcpu.Callbacks.SyscallMasksEvents);
        Assert.Equal(EINVAL, _guest.Call(30, 0, _guest.Put(0UL, NotCanonical)));
        Assert.Equal(ENOSYS, _guest.Call(30, 0, _guest.Put(6UL, 0x1000UL)));
        Assert.Equal(EINVAL, _guest.Call(30, 1, _guest.Put(0UL)));
    }

    public void Dispose() => _guest.Dispose();
}
