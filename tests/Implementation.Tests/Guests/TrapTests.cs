using Iced.Intel;
using Implementation.Hypervisor;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Guests;

/// <summary>Traps of pv64 guests: the frames they leave, where they go, and what ends the domain.</summary>
public class TrapTests
{
    private const int Rcx = 0, R11 = 8, Rip = 16, Cs = 24, Rflags = 32, Rsp = 40, Ss = 48;

    [Fact]
    public void A_kernel_fault_leaves_a_frame_with_ring_0_in_cs_on_the_interrupted_stack()
    {
        using TestGuest guest = new(asm =>
        {
            Label handler = asm.CreateLabel();
            asm.SetTrap(6, handler);
            asm.mov(rcx, 0x1111);
            asm.mov(r11, 0x2222);
            asm.and(rsp, -16);
            asm.sub(rsp, 8);
            asm.Save(rsp, 0x100);
            asm.ud2();
            asm.Label(ref handler);
            asm.Save(rsp, 0x108);
            asm.SaveFrame(0, 7);
            asm.PowerOff();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        ulong interrupted = guest.Word(TestGuest.Data + 0x100), entered = guest.Word(TestGuest.Data + 0x108);
        Assert.Equal(interrupted - 8 - 56, entered); // aligned down to 16, then seven words
        Assert.Equal(0x1111u, Frame(guest, Rcx));
        Assert.Equal(0x2222u, Frame(guest, R11));
        Assert.Equal(0xe030ul | 1UL << 32, Frame(guest, Cs)); // events were masked from the start
        Assert.Equal(0u, Frame(guest, Rflags) & 0x200);
        Assert.Equal(interrupted, Frame(guest, Rsp));
        Assert.Equal(0xe02bu, Frame(guest, Ss));
    }

    [Fact]
    public void A_kernel_page_fault_reports_its_address_and_is_not_a_user_access()
    {
        using TestGuest guest = new(asm =>
        {
            Label handler = asm.CreateLabel();
            asm.SetTrap(14, handler);
            asm.mov(rbx, 0x7f00_1234_5678);
            asm.mov(__[rbx], rax);
            asm.Label(ref handler);
            asm.SaveFrame(0, 8);
            asm.PowerOff();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(2u, Frame(guest, 16)); // error code: write, not present, not user
        Assert.Equal(0x7f00_1234_5678u, guest.Xen.Memory.Entries(guest.Domain.SharedInfoMfn)[2]); // vcpu_info.arch.cr2
    }

    [Fact]
    public void A_handler_returns_by_iret_to_the_next_instruction()
    {
        using TestGuest guest = new(asm =>
        {
            Label handler = asm.CreateLabel();
            asm.SetTrap(6, handler, flags: 4);
            asm.mov(rcx, 0x1111);
            asm.mov(r11, 0x2222);
            asm.ud2();
            asm.Save(rcx, 0);
            asm.Save(r11, 8);
            asm.PowerOff();
            asm.Label(ref handler);
            asm.add(__qword_ptr[rsp + Rip], 2);
            asm.Return();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((0x1111u, 0x2222u), (guest.Half(TestGuest.Data), guest.Half(TestGuest.Data + 8)));
    }

    [Theory]
    [InlineData(0x20, 1, true)]
    [InlineData(0x20, 0, false)]
    [InlineData(0x80, 0, true)]
    public void Int_n_in_the_kernel_needs_a_gate_of_ring_1_and_int_80h_none(byte vector, byte dpl, bool isAllowed)
    {
        using TestGuest guest = new(asm =>
        {
            Label soft = asm.CreateLabel(), fault = asm.CreateLabel();
            asm.SetTrap(vector, soft, flags: dpl);
            asm.SetTrap(13, fault);
            asm.lea(rbx, __[asm.@F]);
            asm.Save(rbx, 0x100);
            asm.AnonymousLabel();
            asm.@int(vector);
            asm.Label(ref soft);
            asm.SaveFrame(0, 7);
            asm.PowerOff();
            asm.Label(ref fault);
            asm.SaveFrame(0, 8);
            asm.PowerOff();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        ulong instruction = guest.Word(TestGuest.Data + 0x100);
        if (isAllowed) Assert.Equal(instruction + 2, Frame(guest, Rip));
        else Assert.Equal(((ulong)vector * 8 + 2, instruction), (Frame(guest, 16), Frame(guest, 24)));
    }

    /// <summary>Also where the exception of that vector has one.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(17)]
    public void Int_n_leaves_no_error_code(byte vector)
    {
        using TestGuest guest = new(asm =>
        {
            Label soft = asm.CreateLabel();
            asm.SetTrap(vector, soft, flags: 1);
            asm.lea(rbx, __[asm.@F]);
            asm.Save(rbx, 0x100);
            asm.@int(vector);
            asm.AnonymousLabel();
            asm.nop();
            asm.Label(ref soft);
            asm.SaveFrame(0, 7);
            asm.PowerOff();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((guest.Word(TestGuest.Data + 0x100), 0xe030ul | 1UL << 32), (Frame(guest, Rip), Frame(guest, Cs)));
    }

    /// <summary>SDM Vol. 3B, 17.3.1.1. An INT that Xen carries out was refused first, but for INT3.</summary>
    [Fact]
    public void A_fault_saves_the_resume_flag_and_a_trap_does_not()
    {
        using TestGuest guest = new(asm =>
        {
            Label fault = asm.CreateLabel(), trap = asm.CreateLabel(), soft = asm.CreateLabel();
            asm.SetTrap(6, fault);
            asm.SetTrap(3, trap);
            asm.SetTrap(0x20, soft, flags: 1);
            asm.ud2();
            asm.int3();
            asm.@int(0x20);
            asm.PowerOff();

            asm.Label(ref fault);
            asm.SaveFrame(0, 7);
            asm.add(__qword_ptr[rsp + Rip], 2);
            asm.Return();
            asm.Label(ref trap);
            asm.SaveFrame(0x40, 7);
            asm.Return();
            asm.Label(ref soft);
            asm.SaveFrame(0x80, 7);
            asm.Return();
        });

        const ulong resume = 1 << 16;
        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((resume, 0UL, resume), (Frame(guest, Rflags) & resume, Frame(guest, 0x40 + Rflags) & resume, Frame(guest, 0x80 + Rflags) & resume));
    }

    /// <summary>CR0.AM is set, and a 64-bit kernel runs at level 3; its handler runs without AC.</summary>
    [Fact]
    public void A_kernel_that_sets_AC_has_its_accesses_checked_and_its_handler_has_not()
    {
        using TestGuest guest = new(asm =>
        {
            Label handler = asm.CreateLabel(), access = asm.CreateLabel();
            asm.SetTrap(17, handler);
            asm.mov(rbx, TestGuest.Data + 0x201);
            asm.lea(rcx, __[access]);
            asm.Save(rcx, 0x100);
            asm.pushfq();
            asm.or(__dword_ptr[rsp], 1 << 18);
            asm.popfq();
            asm.Label(ref access);
            asm.mov(eax, __dword_ptr[rbx]);
            asm.Label(ref handler);
            asm.mov(eax, __dword_ptr[rbx]);
            asm.SaveFrame(0, 8);
            asm.PowerOff();
        });

        const ulong alignmentCheck = 1 << 18;
        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(0u, Frame(guest, 16)); // the error code
        Assert.Equal(guest.Word(TestGuest.Data + 0x100), Frame(guest, 24));
        Assert.Equal(alignmentCheck, Frame(guest, 40) & alignmentCheck);
    }

    [Fact]
    public void Breakpoints_that_a_kernel_sets_are_told_of_in_its_virtual_DR6()
    {
        using TestGuest guest = new(asm =>
        {
            Label handler = asm.CreateLabel(), stop = asm.CreateLabel(), behind = asm.CreateLabel();
            asm.SetTrap(1, handler);
            asm.xor(ebx, ebx);
            asm.lea(rcx, __[stop]);
            asm.mov(dr0, rcx);
            asm.lea(rcx, __[behind]);
            asm.Save(rcx, 8);
            asm.Hypercall(8, 1, TestGuest.Data + 0x200);
            asm.Hypercall(8, 7, 0x0010_0005); // the first of instructions, the second of stores, both local
            asm.Label(ref stop);
            asm.mov(__byte_ptr[TestGuest.Data + 0x200], 7);
            asm.Label(ref behind);
            asm.PowerOff();

            asm.Label(ref handler);
            asm.inc(ebx);
            asm.cmp(ebx, 2);
            asm.je(asm.@F);
            asm.SaveFrame(0x40, 7);
            asm.or(__dword_ptr[rsp + Rflags], 1 << 16); // RF: past the breakpoint
            asm.Return();
            asm.AnonymousLabel();
            asm.SaveFrame(0x80, 7);
            asm.Return();
        });

        const ulong resume = 1 << 16;
        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(guest.Vcpu.Control.Debug[0], Frame(guest, 0x40 + Rip));
        Assert.Equal(guest.Word(TestGuest.Data + 8), Frame(guest, 0x80 + Rip));
        Assert.Equal((0UL, 7UL), (Frame(guest, 0x40 + Rflags) & resume, Frame(guest, 0x200) & 0xff));
        Assert.Equal(0xffff_0ff3u, guest.Vcpu.Control.Debug[6]); // B0 and B1, until the kernel clears them
    }

    [Fact]
    public void A_fault_without_a_handler_ends_the_domain_and_says_so()
    {
        using TestGuest guest = new(asm => asm.ud2());

        RunResult result = guest.Run();
        Assert.Equal(StopReason.Crash, result.Reason);
        Assert.Equal("vCPU 0 in kernel mode at rip 0x1000: #UD has no handler", result.Detail);
    }

    [Theory]
    [InlineData(0x7f00_0000_0000UL)]          // not mapped
    [InlineData(0xffff_8000_0000_1000UL)]     // Xen's
    [InlineData(0x8000_0000_0000_0000UL)]     // not canonical
    [InlineData(0UL)]                         // wraps around
    public void A_fault_on_a_stack_that_cannot_be_written_ends_the_domain(ulong stack)
    {
        using TestGuest guest = new(asm =>
        {
            Label handler = asm.CreateLabel();
            asm.SetTrap(6, handler);
            asm.mov(rsp, stack);
            asm.ud2();
            asm.Label(ref handler);
            asm.PowerOff();
        });

        RunResult result = guest.Run();
        Assert.Equal(StopReason.Crash, result.Reason);
        Assert.Contains("kernel stack", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_application_enters_the_kernel_by_syscall_int_n_and_fault()
    {
        using TestGuest guest = new(asm =>
        {
            Label user = asm.CreateLabel(), call = asm.CreateLabel(), soft = asm.CreateLabel(), fault = asm.CreateLabel();
            asm.SetCallback(2, call, flags: 1);
            asm.SetTrap(0x20, soft, flags: 3);
            asm.SetTrap(14, fault);
            SetUserRoot(asm);
            asm.Hypercall(3, 0xe02b, TestGuest.KernelStack);
            asm.EnterUser(user);

            asm.Label(ref user);
            asm.syscall();
            asm.@int(0x20);
            asm.mov(__[0x7f00_0000_1000], rax);

            asm.Label(ref call);
            asm.SaveFrame(0, 7);
            asm.Return();
            asm.Label(ref soft);
            asm.SaveFrame(0x40, 7);
            asm.Return();
            asm.Label(ref fault);
            asm.SaveFrame(0x80, 8);
            asm.PowerOff();
        });
        guest.SetWord(TestGuest.Data + 0x200 + 8, guest.Vcpu.KernelRootMfn);

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((0xe033u, 0xe02bu, TestGuest.UserStack), (Frame(guest, Cs), Frame(guest, Ss), Frame(guest, Rsp)));
        Assert.Equal(0x200u, Frame(guest, Rflags) & 0x200);
        Assert.Equal(Frame(guest, Rip), Frame(guest, Rcx));
        Assert.Equal(0xe033u, Frame(guest, 0x40 + Cs));
        Assert.Equal(Frame(guest, Rip) + 2, Frame(guest, 0x40 + Rip));
        Assert.Equal(6u, Frame(guest, 0x80 + 16)); // write by user, not present
    }

    [Fact]
    public void Syscall_without_a_callback_is_an_invalid_opcode_at_the_syscall()
    {
        using TestGuest guest = new(asm =>
        {
            Label user = asm.CreateLabel(), invalid = asm.CreateLabel();
            asm.SetTrap(6, invalid);
            SetUserRoot(asm);
            asm.Hypercall(3, 0xe02b, TestGuest.KernelStack);
            asm.lea(rbx, __[user]);
            asm.Save(rbx, 0x100);
            asm.EnterUser(user);
            asm.Label(ref user);
            asm.syscall();
            asm.Label(ref invalid);
            asm.SaveFrame(0, 7);
            asm.PowerOff();
        });
        guest.SetWord(TestGuest.Data + 0x200 + 8, guest.Vcpu.KernelRootMfn);

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(guest.Word(TestGuest.Data + 0x100), Frame(guest, Rip));
    }

    [Fact]
    public void Sysenter_enters_its_callback_with_a_frame_that_says_neither_whence_nor_on_which_stack()
    {
        using TestGuest guest = new(asm =>
        {
            Label user = asm.CreateLabel(), entry = asm.CreateLabel();
            asm.SetCallback(5, entry, flags: 1);
            SetUserRoot(asm);
            asm.Hypercall(3, 0xe02b, TestGuest.KernelStack);
            asm.EnterUser(user);
            asm.Label(ref user);
            asm.mov(ecx, 0x1111);
            asm.sysenter();
            asm.Label(ref entry);
            asm.SaveFrame(0, 7);
            asm.PowerOff();
        });
        guest.SetWord(TestGuest.Data + 0x200 + 8, guest.Vcpu.KernelRootMfn);

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((0x1111u, 0u, 3u), (Frame(guest, Rcx), Frame(guest, Rip), Frame(guest, Cs)));
        Assert.Equal((0x200u, 0u, 0xe02bu), (Frame(guest, Rflags) & 0x200, Frame(guest, Rsp), Frame(guest, Ss)));
        Assert.True(guest.Vcpu.Info.UpcallMask);
    }

    [Fact]
    public void Iret_to_user_mode_without_user_tables_ends_the_domain()
    {
        using TestGuest guest = new(asm =>
        {
            Label user = asm.CreateLabel();
            asm.EnterUser(user);
            asm.Label(ref user);
            asm.nop();
        });

        RunResult result = guest.Run();
        Assert.Equal(StopReason.Crash, result.Reason);
        Assert.EndsWith("iret to user mode without user page tables", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Iret_to_a_selector_that_cannot_be_loaded_is_a_general_protection_exception_there()
    {
        using TestGuest guest = new(asm =>
        {
            Label refused = asm.CreateLabel();
            asm.SetTrap(13, refused);
            asm.push(0xe02b);
            asm.mov(rax, TestGuest.KernelStack);
            asm.push(rax);
            asm.push(0x202);
            asm.push(0x50); // not a code segment
            asm.push(0x4321);
            for (int i = 0; i < 4; i++) asm.push(0);
            asm.mov(eax, 23);
            asm.syscall();
            asm.Label(ref refused);
            asm.SaveFrame(0, 8);
            asm.PowerOff();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((0x50u, 0x4321u, 0x50u), (Frame(guest, 16), Frame(guest, 24), Frame(guest, 32))); // error code, rip, cs
    }

    [Fact]
    public void Iret_to_an_address_that_is_not_canonical_is_a_general_protection_exception_there()
    {
        const ulong rip = 0x0000_8000_0000_0000;
        using TestGuest guest = new(asm =>
        {
            Label refused = asm.CreateLabel();
            asm.SetTrap(13, refused);
            PushFrame(asm, 0xe030, rip, flags: 0);
            asm.Label(ref refused);
            asm.SaveFrame(0, 8);
            asm.PowerOff();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((0u, rip), (Frame(guest, 16), Frame(guest, 24)));
    }

    /// <summary>Code of 32 bits has 32 bits of an address; a frame of a system call is gone on with by SYSRET, which loads no selectors.</summary>
    [Theory]
    [InlineData(0xe020, 0, 0xe020)]
    [InlineData(0xe020, 0x100, 0xe030)]
    [InlineData(0xe023, 0x100, 0xe023)]
    [InlineData(0x50, 0x100, 0xe030)]
    public void Iret_goes_on_in_the_segment_that_the_processor_loads(int cs, int flags, int interrupted)
    {
        using TestGuest guest = new(asm =>
        {
            Label missing = asm.CreateLabel();
            asm.SetTrap(14, missing);
            asm.Hypercall(3, 0xe02b, TestGuest.KernelStack);
            SetUserRoot(asm);
            PushFrame(asm, cs, 0x1_7000_0000, flags);
            asm.Label(ref missing);
            asm.SaveFrame(0, 8);
            asm.PowerOff();
        });
        guest.SetWord(TestGuest.Data + 0x200 + 8, guest.Vcpu.KernelRootMfn);

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        bool isNarrow = (interrupted & ~3) == 0xe020;
        Assert.Equal((isNarrow ? 0x7000_0000UL : 0x1_7000_0000, (ulong)interrupted), (Frame(guest, 24), Frame(guest, 32)));
    }

    private static void PushFrame(Assembler asm, int cs, ulong rip, int flags)
    {
        asm.push(0xe02b);
        asm.push((int)TestGuest.KernelStack);
        asm.push(0x202);
        asm.push(cs);
        asm.mov(rax, rip);
        asm.push(rax);
        asm.push(flags);
        for (int i = 0; i < 3; i++) asm.push(0);
        asm.mov(eax, 23);
        asm.syscall();
    }

    [Fact]
    public void The_fpu_trap_comes_once_after_fpu_taskswitch()
    {
        using TestGuest guest = new(asm =>
        {
            Label handler = asm.CreateLabel();
            asm.SetTrap(7, handler);
            asm.xor(ebx, ebx);
            asm.Hypercall(5, 1);
            asm.pxor(xmm0, xmm0);
            asm.pxor(xmm1, xmm1);
            asm.Save(rbx, 0);
            asm.PowerOff();
            asm.Label(ref handler);
            asm.inc(rbx);
            asm.Return();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(1u, guest.Word(TestGuest.Data));
    }

    /// <summary>NEW_USER_BASEPTR of the root whose number the test has put at Data + 0x208.</summary>
    private static void SetUserRoot(Assembler asm)
    {
        asm.Store(TestGuest.Data + 0x200, 15);
        asm.Hypercall(26, TestGuest.Data + 0x200, 1, 0, 0x7ff0);
    }

    private static ulong Frame(TestGuest guest, int offset) => guest.Word(TestGuest.Data + (ulong)offset);
}
