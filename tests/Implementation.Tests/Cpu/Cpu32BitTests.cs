using Iced.Intel;
using Implementation.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Cpu;

/// <summary>32-bit code in flat segments, under 4-level tables.</summary>
public sealed class Cpu32BitTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_loop_with_calls_and_a_frame_computes_what_it_says(int cpl)
    {
        using Machine m = Machine32.With(
            a =>
            {
                Label sum = a.CreateLabel(), again = a.CreateLabel();
                a.mov(ecx, 10);
                a.xor(ebx, ebx);
                a.Label(ref again);
                a.push(ecx);
                a.call(sum);
                a.add(esp, 4);
                a.dec(ecx);
                a.jnz(again);
                a.mov(__dword_ptr[(uint)Machine.Data], ebx);
                a.int3();
                a.Label(ref sum);
                a.push(ebp);
                a.mov(ebp, esp);
                a.add(ebx, __dword_ptr[ebp + 8]);
                a.leave();
                a.ret();
            },
            cpl);
        Assert.Equal(new CpuExit(ExitReason.SoftwareInterrupt, 3, InstructionLength: 1), m.Cpu.Run(1000));
        Assert.Equal(55UL, m.Read(Machine.Data) & 0xFFFF_FFFF);
        Assert.Equal(Machine.Stack + 0x2000, m.Cpu[Gpr.Rsp]);
        Assert.Equal(2UL + 10 * 10 + 1 + 1, m.Cpu.Retired);
    }

    [Fact]
    public void Registers_above_32_bits_play_no_part()
    {
        using Machine m = Machine32.With(a =>
        {
            a.push(eax);
            a.mov(edx, __dword_ptr[ebx + esi * 2]);
            a.pop(edi);
        });
        m.Put(Machine.Data, 0x1122_3344);
        m.Cpu[Gpr.Rsp] |= 0xABCD_0000_0000_0000;
        m.Cpu[Gpr.Rbx] = 0x7_0000_0000 | (Machine.Data + 0x100);
        m.Cpu[Gpr.Rsi] = 0x1_FFFF_FF80;
        m.Cpu[Gpr.Rax] = 0x99_5566_7788;
        Assert.Equal(new CpuExit(ExitReason.Budget), m.Cpu.Run(3));
        Assert.Equal(0x1122_3344UL, m.Cpu[Gpr.Rdx]);
        Assert.Equal(0x5566_7788UL, m.Cpu[Gpr.Rdi]);
        Assert.Equal(Machine.Stack + 0x2000, m.Cpu[Gpr.Rsp]);
    }

    [Fact]
    public void An_operand_over_the_top_of_4_GiB_faults()
    {
        using Machine m = Machine32.With(a =>
        {
            a.mov(eax, __dword_ptr[ebx]);
            a.mov(eax, __dword_ptr[ebp]);
        });
        foreach (ulong page in (ulong[])[0xFFFF_F000, 0, 0x1_0000_0000]) m.Map(page);
        m.Cpu[Gpr.Rbx] = m.Cpu[Gpr.Rbp] = 0xFFFF_FFFE;
        Assert.Equal(new CpuExit(ExitReason.Exception, 13), m.Cpu.Run(1));
        m.Cpu[Gpr.Rbx] -= 2;
        Assert.Equal(new CpuExit(ExitReason.Exception, 12), m.Cpu.Run(2));
    }

    [Fact]
    public void Code_at_the_top_of_4_GiB_goes_on_at_the_bottom()
    {
        using Machine m = Machine32.With([0x90]);
        m.Memory.Frame(m.Map(0xFFFF_F000))[0xFFE..].Fill(0x90);
        m.Memory.Frame(m.Map(0)).Fill(0x90);
        m.Cpu.Rip = 0xFFFF_FFFE;
        Assert.Equal(new CpuExit(ExitReason.Budget), m.Cpu.Run(2));
        Assert.Equal(0UL, m.Cpu.Rip);
        m.Cpu.Rip = 0xFFFF_FFFE;
        Assert.Equal(new CpuExit(ExitReason.Budget), m.Cpu.Run(5));
        Assert.Equal(3UL, m.Cpu.Rip);
    }

    [Fact]
    public void The_same_bytes_mean_something_else_in_64_bit_code()
    {
        using Machine m = Machine32.With([0x48, 0xFF, 0xC0, 0x90], cpl: 3); // dec eax; inc eax / inc rax
        m.Cpu[Gpr.Rax] = 5;
        Assert.Equal(new CpuExit(ExitReason.Budget), m.Cpu.Run(3));
        Assert.Equal((5UL, Machine.Code + 4), (m.Cpu[Gpr.Rax], m.Cpu.Rip));
        m.Descriptors[0x1008] = 0x00AF_FB00_0000_FFFF;
        m.Cpu.SetSelector(SegmentRegister.Cs, 0x100B);
        m.Cpu.Rip = Machine.Code;
        Assert.Equal(new CpuExit(ExitReason.Budget), m.Cpu.Run(2));
        Assert.Equal((6UL, Machine.Code + 4), (m.Cpu[Gpr.Rax], m.Cpu.Rip));
    }

    [Fact]
    public void Kernel_pages_are_open_to_CPL_1_and_closed_to_CPL_3()
    {
        foreach (int cpl in (int[])[1, 3])
        {
            using Machine m = Machine32.With(a => a.mov(eax, __dword_ptr[(uint)Machine.Data]), cpl);
            m.Entry(Machine.Data, 1) &= ~Machine.User;
            CpuExit expected = cpl == 1 ? new(ExitReason.Budget) : new(ExitReason.Exception, 14, 5, Machine.Data);
            Assert.Equal(expected, m.Cpu.Run(1));
        }
    }
}
