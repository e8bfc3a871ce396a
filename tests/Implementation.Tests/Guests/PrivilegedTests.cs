using Iced.Intel;
using Implementation.Hypervisor;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Guests;

/// <summary>Privileged instructions that Xen carries out for a kernel, and those it does not.</summary>
public class PrivilegedTests
{
    [Fact]
    public void Interrupt_flag_and_ports_need_io_privilege()
    {
        using TestGuest guest = new(asm =>
        {
            CountFaults(asm);
            asm.cli();
            asm.@in(al, 0x60);
            asm.Save(rbx, 0);
            asm.Store(TestGuest.Data + 0x200, 1);
            asm.Hypercall(33, 6, TestGuest.Data + 0x200);
            asm.xor(ebx, ebx);
            asm.cli();
            asm.sti();
            asm.mov(rax, 0x1234_5678_9abc_def0);
            asm.@in(al, 0x60);
            asm.Save(rax, 8);
            asm.mov(edx, 0xcf8);
            asm.mov(eax, 0x8000_1234);
            asm.@out(dx, eax);
            asm.xor(eax, eax);
            asm.@in(eax, dx);
            asm.Save(rax, 16);
            asm.mov(edx, 0xcfc);
            asm.@in(eax, dx);
            asm.Save(rax, 24);
            asm.Save(rbx, 32);
            asm.PowerOff();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(2u, guest.Word(TestGuest.Data));
        Assert.Equal(0x1234_5678_9abc_deffu, guest.Word(TestGuest.Data + 8));
        Assert.Equal(0x8000_1234u, guest.Word(TestGuest.Data + 16));
        Assert.Equal(0xffff_ffffu, guest.Word(TestGuest.Data + 24));
        Assert.Equal(0u, guest.Word(TestGuest.Data + 32));
    }

    [Fact]
    public void Control_registers_read_as_the_guests()
    {
        using TestGuest guest = new(asm =>
        {
            CountFaults(asm);
            asm.mov(rcx, cr0);
            asm.Save(rcx, 0);
            asm.mov(rcx, cr3);
            asm.Save(rcx, 8);
            asm.Hypercall(5, 1);
            asm.mov(rcx, cr0);
            asm.Save(rcx, 16);
            asm.clts();
            asm.mov(rcx, cr0);
            asm.Save(rcx, 24);
            asm.mov(rcx, cr4);
            asm.mov(cr4, rcx);
            asm.xor(ecx, ecx);
            asm.mov(cr0, rcx); // would turn paging off: #GP
            asm.Save(rbx, 32);
            asm.PowerOff();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(0x8005_0033u, guest.Word(TestGuest.Data));
        Assert.Equal(guest.Vcpu.KernelRootMfn << 12, guest.Word(TestGuest.Data + 8));
        Assert.Equal((0x8005_003bu, 0x8005_0033u), (guest.Word(TestGuest.Data + 16), guest.Word(TestGuest.Data + 24)));
        Assert.Equal(1u, guest.Word(TestGuest.Data + 32));
    }

    [Fact]
    public void Model_specific_registers_have_xens_values_and_unknown_ones_fault()
    {
        using TestGuest guest = new(asm =>
        {
            asm.mov(ecx, 0x34); // before there is a handler: reads as 0
            asm.mov(eax, 1);
            asm.rdmsr();
            asm.Save(rax, 0);
            CountFaults(asm);
            asm.mov(ecx, 0x277);
            asm.rdmsr();
            asm.Save(rax, 8);
            asm.mov(ecx, 0x34);
            asm.rdmsr();
            asm.mov(ecx, 0xc000_0101);
            asm.mov(edx, 0x1234);
            asm.mov(eax, 0x5678_0000);
            asm.wrmsr();
            asm.mov(edx, 0x8000_0000); // not canonical
            asm.wrmsr();
            asm.hlt();
            asm.invlpg(__[rax]);
            asm.Save(rbx, 16);
            asm.PowerOff();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(0u, guest.Word(TestGuest.Data));
        Assert.Equal(0x0007_0406u, guest.Word(TestGuest.Data + 8));
        Assert.Equal(4u, guest.Word(TestGuest.Data + 16));
        Assert.Equal(0x1234_5678_0000u, guest.Vcpu.Cpu.GsBase);
    }

    [Fact]
    public void Cpuid_answers_the_policy_plain_and_forced()
    {
        using TestGuest guest = new(asm =>
        {
            asm.mov(eax, 0x4000_0000);
            asm.xor(ecx, ecx);
            asm.cpuid();
            asm.Save(rbx, 0);
            asm.mov(eax, 0x4000_0000);
            asm.xor(ecx, ecx);
            asm.db(0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2);
            asm.Save(rbx, 8);
            asm.mov(eax, 1);
            asm.cpuid();
            asm.Save(rdx, 16);
            asm.Save(rcx, 24);
            asm.PowerOff();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((0x566e_6558u, 0x566e_6558u), (guest.Word(TestGuest.Data), guest.Word(TestGuest.Data + 8)));
        const ulong Pse = 1 << 3, Pge = 1 << 13, Osxsave = 1 << 27, Hypervisor = 1UL << 31;
        Assert.Equal(0u, guest.Word(TestGuest.Data + 16) & (Pse | Pge));
        Assert.Equal(Hypervisor, guest.Word(TestGuest.Data + 24) & (Osxsave | Hypervisor));
    }

    [Fact]
    public void A_single_step_stops_after_plain_and_after_emulated_instructions()
    {
        using TestGuest guest = new(asm =>
        {
            Label handler = asm.CreateLabel();
            asm.SetTrap(1, handler);
            asm.xor(ebx, ebx);
            asm.pushfq();
            asm.or(__qword_ptr[rsp], 0x100);
            asm.popfq(); // TF holds from the instruction after this one
            asm.nop();
            asm.mov(rcx, cr0);
            asm.nop();
            asm.Save(rbx, 0);
            asm.PowerOff();
            asm.Label(ref handler);
            asm.inc(rbx);
            asm.cmp(rbx, 3);
            asm.jne(asm.@F);
            asm.and(__qword_ptr[rsp + 32], ~0x100);
            asm.AnonymousLabel();
            asm.Return();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(3u, guest.Word(TestGuest.Data));
        Assert.Equal(0xffff_4ff0u, guest.Vcpu.Control.Debug[6]); // BS, beside the bits that are always set
    }

    /// <summary>A handler of #GP that counts in RBX and goes on after the instruction, whose length it looks up.</summary>
    private static void CountFaults(Assembler asm)
    {
        Label handler = asm.CreateLabel(), start = asm.CreateLabel(), three = asm.CreateLabel(), done = asm.CreateLabel();
        asm.jmp(start);
        asm.Label(ref handler);
        asm.inc(rbx);
        asm.push(rax);
        asm.push(rsi);
        asm.mov(rsi, __[rsp + 40]); // rip: above rax, rsi; rcx, r11, error code
        asm.mov(ax, __word_ptr[rsi]);
        asm.inc(__qword_ptr[rsp + 40]);
        asm.cmp(al, 0xfa); // cli
        asm.je(done);
        asm.cmp(al, 0xf4); // hlt
        asm.je(done);
        asm.inc(__qword_ptr[rsp + 40]);
        asm.cmp(al, 0x0f);
        asm.jne(done);
        asm.cmp(ah, 0x01); // invlpg [rax]
        asm.je(three);
        asm.cmp(ah, 0x22); // mov to cr
        asm.jne(done);
        asm.Label(ref three);
        asm.inc(__qword_ptr[rsp + 40]);
        asm.Label(ref done);
        asm.pop(rsi);
        asm.pop(rax);
        asm.pop(rcx);
        asm.pop(r11);
        asm.mov(__[rsp], r11); // over the error code
        asm.push(rcx);
        asm.Return();
        asm.Label(ref start);
        asm.SetTrap(13, handler);
        asm.xor(ebx, ebx);
    }
}
