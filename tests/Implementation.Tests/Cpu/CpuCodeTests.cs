using Iced.Intel;
using Implementation.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Cpu;

/// <summary>Code that changes: whoever writes it, by whatever name, the next instruction is the new one.</summary>
public class CpuCodeTests
{
    [Fact]
    public void A_store_changes_a_later_instruction_of_the_same_block()
    {
        using Machine m = Machine.With(a =>
        {
            Label patched = a.CreateLabel();
            a.lea(rbx, __[patched]);
            a.mov(__dword_ptr[rbx + 1], 99);
            a.Label(ref patched);
            a.mov(eax, 1);
            a.nop();
        });
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(3).Reason);
        Assert.Equal(99UL, m.Cpu[Gpr.Rax]);
        Assert.Equal(3UL, m.Cpu.Retired);
    }

    [Fact]
    public void A_loop_that_patches_itself_sums_what_it_wrote()
    {
        using Machine m = Machine.With(a =>
        {
            Label top = a.CreateLabel(), patched = a.CreateLabel();
            a.mov(ecx, 500);
            a.lea(rbx, __[patched]);
            a.Label(ref top);
            a.mov(__dword_ptr[rbx + 1], ecx);
            a.Label(ref patched);
            a.mov(eax, 0);
            a.add(rdx, rax);
            a.dec(ecx);
            a.jne(top);
            a.syscall();
        });
        Assert.Equal(ExitReason.Syscall, m.Cpu.Run(100_000).Reason);
        Assert.Equal(500UL * 501 / 2, m.Cpu[Gpr.Rdx]);
        Assert.Equal(2UL + 500 * 5 + 1, m.Cpu.Retired);
    }

    [Theory, InlineData(0), InlineData(40)]
    public void Data_beside_code_is_written_without_dropping_it(int distance)
    {
        using Machine m = Machine.With(a =>
        {
            Label top = a.CreateLabel(), data = a.CreateLabel();
            a.lea(rbx, __[data]);
            a.mov(ecx, 1000);
            a.Label(ref top);
            a.add(__qword_ptr[rbx], rcx);
            a.dec(ecx);
            a.jne(top);
            a.syscall();
            for (int i = 0; i < distance; i++) a.nop();
            a.Label(ref data);
            a.dq(0UL);
        });
        Assert.Equal(ExitReason.Syscall, m.Cpu.Run(100_000).Reason);
        Assert.Equal(1000UL * 1001 / 2, m.Read(m.Cpu[Gpr.Rbx]));
        Assert.Equal(2UL + 3 * 1000 + 1, m.Cpu.Retired);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_store_by_another_name_changes_the_code(bool acrossPages)
    {
        ulong offset = acrossPages ? 0xFFEUL : 0x800UL; // mov eax, imm32 with its bytes on one page or two
        using Machine m = new();
        ulong first = m.Map(Machine.Code), second = m.Map(Machine.Code + 0x1000);
        m.MapTo(Machine.Data, first);
        m.MapTo(Machine.Data + 0x1000, second);
        byte[] body = Machine.Assemble(a =>
        {
            a.mov(eax, 1);
            a.syscall();
        }, Machine.Code + offset);
        for (int i = 0; i < body.Length; i++)
        {
            int at = (int)offset + i;
            m.Memory.Frame(at < 4096 ? first : second)[at & 4095] = body[i];
        }

        byte[] patch = Machine.Assemble(a =>
        {
            a.mov(__dword_ptr[rbx], 7);
            a.syscall();
        });
        patch.CopyTo(m.Memory.Frame(first));
        m.Cpu.Rip = Machine.Code + offset;
        m.Cpu.Run(100);
        Assert.Equal(1UL, m.Cpu[Gpr.Rax]);

        m.Cpu.Rip = Machine.Code;
        m.Cpu[Gpr.Rbx] = Machine.Data + offset + 1;
        Assert.Equal(ExitReason.Syscall, m.Cpu.Run(100).Reason);
        m.Cpu.Rip = Machine.Code + offset;
        m.Cpu.Run(100);
        Assert.Equal(7UL, m.Cpu[Gpr.Rax]);
    }

    [Fact]
    public void The_hypervisor_changes_code_and_so_does_another_processor()
    {
        using Machine m = Machine.With(a =>
        {
            a.mov(eax, 1);
            a.syscall();
        });
        m.Cpu.Run(10);
        ulong mfn = m.MfnOf(Machine.Code);
        m.Memory.Frame(mfn)[1] = 2;
        m.Memory.Written(mfn);
        m.Cpu.Rip = Machine.Code;
        m.Cpu.Run(10);
        Assert.Equal(2UL, m.Cpu[Gpr.Rax]);

        using Processor other = new(m.Memory, m) { Cr3 = m.Cpu.Cr3, Rip = Machine.Code + 0x100 };
        byte[] store = Machine.Assemble(a =>
        {
            a.mov(__byte_ptr[rbx], 3);
            a.syscall();
        });
        store.CopyTo(m.Memory.Frame(mfn)[0x100..]);
        m.Memory.Written(mfn);
        m.Cpu.Rip = Machine.Code;
        m.Cpu.Run(10);
        other[Gpr.Rbx] = Machine.Code + 1;
        Assert.Equal(ExitReason.Syscall, other.Run(10).Reason);
        m.Cpu.Rip = Machine.Code;
        m.Cpu.Run(10);
        Assert.Equal(3UL, m.Cpu[Gpr.Rax]);
    }

    [Fact]
    public void A_repeated_store_over_its_own_successor_is_seen()
    {
        using Machine m = Machine.With(a =>
        {
            Label after = a.CreateLabel();
            a.lea(rdi, __[after]);
            a.mov(ecx, 3);
            a.mov(al, 0x90);
            a.rep.stosb();
            a.Label(ref after);
            a.mov(bl, 5);
            a.nop();
            a.syscall();
        });
        Assert.Equal(ExitReason.Syscall, m.Cpu.Run(100).Reason);
        Assert.Equal(0UL, m.Cpu[Gpr.Rbx] & 0xFF);
        Assert.Equal(3UL + 3 + 3 + 1, m.Cpu.Retired);
    }

    [Fact]
    public void One_frame_at_two_addresses_has_code_for_both()
    {
        using Machine m = new();
        ulong mfn = m.Map(Machine.Code);
        m.MapTo(Machine.Data, mfn);
        byte[] code = [0x48, 0x8D, 0x05, 0, 0, 0, 0, 0x0F, 0x05]; // lea rax, [rip]; syscall
        code.CopyTo(m.Memory.Frame(mfn));
        m.Cpu.Run(10);
        ulong here = m.Cpu[Gpr.Rax];
        m.Cpu.Rip = Machine.Data;
        m.Cpu.Run(10);
        Assert.Equal(Machine.Data - Machine.Code, m.Cpu[Gpr.Rax] - here);
    }

    [Fact]
    public void Remapping_the_second_page_of_an_instruction_changes_it()
    {
        using Machine m = new();
        ulong first = m.Map(Machine.Code), second = m.Map(Machine.Code + 0x1000), other = m.AllocateFrame();
        byte[] body = Machine.Assemble(a =>
        {
            a.mov(eax, 0x01010101);
            a.syscall();
        });
        body.AsSpan(0, 2).CopyTo(m.Memory.Frame(first)[0xFFE..]);
        body.AsSpan(2).CopyTo(m.Memory.Frame(second));
        body.AsSpan(2).CopyTo(m.Memory.Frame(other));
        m.Memory.Frame(other)[0] = 2;
        foreach ((ulong mfn, ulong expected) in ((ulong, ulong)[])[(second, 0x01010101), (other, 0x01010201), (second, 0x01010101)])
        {
            m.MapTo(Machine.Code + 0x1000, mfn);
            m.Cpu.FlushTlb();
            m.Cpu.Rip = Machine.Code + 0xFFE;
            Assert.Equal(ExitReason.Syscall, m.Cpu.Run(10).Reason);
            Assert.Equal(expected, m.Cpu[Gpr.Rax]);
        }
    }
}
