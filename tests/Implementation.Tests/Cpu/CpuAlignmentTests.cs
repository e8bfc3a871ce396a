using Iced.Intel;
using Implementation.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Cpu;

/// <summary>Alignment checks: when they are on, and what of several faults comes first. Which accesses check, the host is asked (Oracle).</summary>
public class CpuAlignmentTests
{
    private const ulong Usual = 0x202, AlignmentCheck = 1 << 18, AlignmentMask = 1 << 18;

    private static CpuExit Exception(byte vector, uint code = 0, ulong address = 0) => new(ExitReason.Exception, vector, code, address);

    [Fact]
    public void An_access_is_checked_at_level_3_with_AC_and_AM()
    {
        using Machine m = Machine.With(a => a.mov(rax, __qword_ptr[rbx]));
        m.Cpu[Gpr.Rbx] = Machine.Data + 4;
        Assert.Equal(ExitReason.Budget, Run(m, AlignmentCheck, mask: 0).Reason);
        Assert.Equal(ExitReason.Budget, Run(m, 0, AlignmentMask).Reason);
        Assert.Equal(Exception(17), Run(m, AlignmentCheck, AlignmentMask));
        Assert.Equal((Machine.Code, 2UL), (m.Cpu.Rip, m.Cpu.Retired));

        m.Cpu.Cpl = 1;
        Assert.Equal(ExitReason.Budget, Run(m, AlignmentCheck, AlignmentMask).Reason);
    }

    [Fact]
    public void Popf_switches_checks_on_and_off_in_the_middle_of_code()
    {
        using Machine m = Machine.With(a =>
        {
            a.mov(rax, __qword_ptr[rbx]); // fills the TLB
            a.pushfq();
            a.or(__dword_ptr[rsp], (int)AlignmentCheck);
            a.popfq();
            a.mov(rax, __qword_ptr[rbx + 7]);
            a.pushfq();
            a.and(__dword_ptr[rsp], ~(int)AlignmentCheck);
            a.popfq();
            a.mov(rax, __qword_ptr[rbx]);
            a.mov(__qword_ptr[rbx], rax);
            a.nop();
        });
        m.Cpu.Cr0 |= AlignmentMask;
        m.Cpu[Gpr.Rbx] = Machine.Data + 1;
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(11).Reason);
        Assert.Equal(11UL, m.Cpu.Retired);
    }

    [Theory]
    [InlineData(0x70_0002UL, 17, 0u)] // not mapped, but not aligned either
    [InlineData(0x70_0008UL, 14, 4u)]
    [InlineData(0x8000_0000_0000_0001UL, 13, 0u)]
    public void Alignment_comes_behind_canonical_addresses_and_before_pages(ulong linear, byte vector, uint code)
    {
        using Machine m = Machine.With(a => a.mov(rax, __qword_ptr[rbx]));
        m.Cpu[Gpr.Rbx] = linear;
        Assert.Equal(Exception(vector, code, vector == 14 ? linear : 0), Run(m, AlignmentCheck, AlignmentMask));
    }

    [Fact]
    public void A_repeated_move_stops_at_the_element_that_is_not_aligned()
    {
        using Machine m = Machine.With(a => { a.rep.movsb(); a.rep.movsq(); });
        m.Cpu[Gpr.Rsi] = m.Cpu[Gpr.Rdi] = Machine.Data;
        m.Cpu[Gpr.Rcx] = 3;
        m.Cpu.Cr0 |= AlignmentMask;
        m.Cpu.Rflags = Usual | AlignmentCheck;
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(3).Reason);
        m.Cpu[Gpr.Rcx] = 3;
        Assert.Equal(Exception(17), m.Cpu.Run(3));
    }

    private static CpuExit Run(Machine m, ulong flags, ulong mask)
    {
        m.Cpu.Rip = Machine.Code;
        m.Cpu.Rflags = Usual | flags;
        m.Cpu.Cr0 = m.Cpu.Cr0 & ~AlignmentMask | mask;
        return m.Cpu.Run(1);
    }
}
