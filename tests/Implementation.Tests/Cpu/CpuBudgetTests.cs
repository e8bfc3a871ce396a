using Iced.Intel;
using Implementation.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Cpu;

/// <summary>The count of retired instructions is exact, and a budget ends exactly where it says.</summary>
public class CpuBudgetTests
{
    /// <summary>Arithmetic, calls, loops, strings and a fault; ends with SYSCALL.</summary>
    private static void Program(Assembler a)
    {
        Label top = a.CreateLabel(), function = a.CreateLabel(), done = a.CreateLabel();
        a.mov(ebx, 30);
        a.Label(ref top);
        a.call(function);
        a.mov(ecx, ebx);
        a.mov(rsi, Machine.Data);
        a.lea(rdi, __[rsi + 0xFF0]);
        a.rep.movsb();
        a.rdtsc();
        a.add(r12, rax);
        a.dec(ebx);
        a.jne(top);
        a.jmp(done);
        a.Label(ref function);
        a.add(__qword_ptr[Machine.Data], rbx);
        a.adc(r13, r12);
        a.bsf(r14, r13);
        a.ret();
        a.Label(ref done);
        a.pushfq();
        a.pop(r15);
        a.mov(ecx, 0);
        a.rep.stosb();
        a.syscall();
    }

    [Fact]
    public void Any_slicing_gives_the_same_run()
    {
        using Machine whole = Machine.With(Program);
        Assert.Equal(ExitReason.Syscall, whole.Cpu.Run(1_000_000).Reason);
        // 1 + 30 × (call, 4 of the function, 3 moves, rdtsc, add, dec, jne) + 30·31/2 bytes moved + jmp and 5 at the end
        Assert.Equal(1UL + 30 * 12 + 30 * 31 / 2 + 1 + 5, whole.Cpu.Retired);

        for (ulong slice = 1; slice < 40; slice++)
        {
            using Machine m = Machine.With(Program);
            CpuExit exit;
            ulong runs = 0;
            while ((exit = m.Cpu.Run(slice)).Reason == ExitReason.Budget) Assert.Equal(++runs * slice, m.Cpu.Retired);
            Assert.Equal(ExitReason.Syscall, exit.Reason);
            Assert.Equal(whole.Describe(), m.Describe());
        }
    }

    [Fact]
    public void The_time_stamp_is_the_count_plus_the_offset()
    {
        using Machine m = Machine.With(a =>
        {
            a.nop();
            a.nop();
            a.rdtsc();
            a.nop();
            a.rdtscp();
        });
        m.Cpu.TscOffset = 0x5_0000_0000;
        m.Cpu.TscAux = 9;
        m.Cpu.Run(3);
        Assert.Equal((2UL, 5UL), (m.Cpu[Gpr.Rax], m.Cpu[Gpr.Rdx]));
        m.Cpu.Run(2);
        Assert.Equal((4UL, 9UL), (m.Cpu[Gpr.Rax], m.Cpu[Gpr.Rcx]));
        Assert.Equal(0x5_0000_0005UL, m.Cpu.Tsc);
    }

    [Fact]
    public void No_budget_runs_nothing()
    {
        using Machine m = Machine.With(a => a.nop());
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(0).Reason);
        Assert.Equal(Machine.Code, m.Cpu.Rip);
    }

    [Fact]
    public void A_repetition_of_nothing_counts_one()
    {
        using Machine m = Machine.With(a =>
        {
            a.xor(ecx, ecx);
            a.repe.cmpsb();
            a.syscall();
        });
        m.Cpu.Run(100);
        Assert.Equal(3UL, m.Cpu.Retired);
    }

    [Fact]
    public void A_jump_to_itself_ends_with_its_budget()
    {
        using Machine m = new Machine().WithPages([0xEB, 0xFE]);
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(123_457).Reason);
        Assert.Equal(123_457UL, m.Cpu.Retired);
    }
}
