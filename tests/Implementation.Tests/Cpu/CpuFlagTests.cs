using Iced.Intel;
using Implementation.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Cpu;

/// <summary>POPF, IRETQ and TF: who may change which flag, and what single-stepping sees.</summary>
public class CpuFlagTests
{
    private const ulong Tf = 0x100, If = 0x200, Iopl = 0x3000, Nt = 0x4000, Ac = 0x4_0000, Id = 0x20_0000, Status = 0x8D5;

    [Theory]
    [InlineData(0x202, ulong.MaxValue, 0x202 | Status | Tf | 0x400 | Nt | Ac | Id)]
    [InlineData(0x202, 0, 0x202)]
    [InlineData(0x002, ulong.MaxValue, 0x002 | Status | Tf | 0x400 | Nt | Ac | Id)]
    [InlineData(0x3202, 0, 0x3002)]
    [InlineData(0x3002, If, 0x3202)]
    [InlineData(0x1202, 0, 0x1202)]
    public void Popfq_at_user_privilege_keeps_what_it_may_not_change(ulong before, ulong popped, ulong after)
    {
        using Machine m = Machine.With(a =>
        {
            a.popfq();
            a.nop();
        });
        m.Put(m.Cpu[Gpr.Rsp] - 8, popped);
        m.Cpu[Gpr.Rsp] -= 8;
        m.Cpu.Rflags = before;
        m.Cpu.Run(1);
        Assert.Equal(after, m.Cpu.Rflags);
    }

    [Fact]
    public void Popfq_at_supervisor_privilege_changes_IOPL()
    {
        using Machine m = Machine.With(a => a.popfq());
        m.Cpu.Cpl = 0;
        m.Cpu[Gpr.Rsp] -= 8;
        m.Put(m.Cpu[Gpr.Rsp], Iopl);
        m.Cpu.Run(1);
        Assert.Equal(Iopl | 2, m.Cpu.Rflags);
    }

    [Fact]
    public void Pushf_shows_all_but_RF_and_16_bits_keep_the_upper_flags()
    {
        using Machine m = Machine.With(a =>
        {
            a.pushfq();
            a.pop(rax);
            a.pushf();
            a.popf();
        });
        m.Cpu.Rflags = 0x202 | 0x1_0000 | Ac | Id | Status;
        m.Cpu.Run(2);
        Assert.Equal(0x202 | Ac | Id | Status, m.Cpu[Gpr.Rax]);
        m.Cpu.Run(2);
        Assert.Equal(0x202 | Ac | Id | Status, m.Cpu.Rflags);
    }

    [Fact]
    public void A_trap_follows_each_instruction_that_begins_with_TF()
    {
        using Machine m = Machine.With(a =>
        {
            a.push(0x302);
            a.popfq();
            a.inc(eax);
            a.mov(ecx, 2);
            a.rep.stosb();
            a.push(0x202);
            a.popfq();
            a.inc(eax);
            a.syscall();
        });
        m.Cpu[Gpr.Rdi] = Machine.Data;
        List<(ulong Rip, ulong Retired)> traps = [];
        CpuExit exit;
        while ((exit = m.Cpu.Run(100)).Reason == ExitReason.Exception)
        {
            Assert.Equal(new CpuExit(ExitReason.Exception, 1, DebugStatus: 1 << 14), exit);
            traps.Add((m.Cpu.Rip - Machine.Code, m.Cpu.Retired));
        }

        Assert.Equal(ExitReason.Syscall, exit.Reason);
        // After inc, mov, each of the two iterations, push, and the popfq that clears TF.
        Assert.Equal([(8, 3), (13, 4), (13, 5), (15, 6), (20, 7), (21, 8)], traps);
        Assert.Equal(2UL, m.Cpu[Gpr.Rax]);
    }

    [Fact]
    public void A_fault_comes_before_the_trap()
    {
        using Machine m = Machine.With(a => a.ud2());
        m.Cpu.Rflags = 0x302;
        Assert.Equal(new CpuExit(ExitReason.Exception, 6), m.Cpu.Run(10));
    }

    [Fact]
    public void Iretq_returns_to_the_same_privilege()
    {
        using Machine m = Machine.With(a => a.iretq());
        Frame(m, Machine.Data + 3, Machine.UserCode, 0x247 | Iopl | Ac, Machine.Data + 0x777, Machine.UserData);
        m.Cpu.Rflags = 0x002;
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(1).Reason);
        Assert.Equal((Machine.Data + 3, Machine.Data + 0x777, 0x047 | Ac), (m.Cpu.Rip, m.Cpu[Gpr.Rsp], m.Cpu.Rflags));
        Assert.Equal((Machine.UserCode, Machine.UserData), (m.Cpu.GetSelector(SegmentRegister.Cs), m.Cpu.GetSelector(SegmentRegister.Ss)));
    }

    [Theory]
    [InlineData(1UL << 47, 0xE033, 0xE02B, 13, 0)] // RIP not canonical
    [InlineData(Machine.Code, 0, 0xE02B, 13, 0)] // null CS
    [InlineData(Machine.Code, 0xE030, 0xE02B, 13, 0xE030)] // to a lower privilege number
    [InlineData(Machine.Code, 0xE02B, 0xE02B, 13, 0xE028)] // CS is data
    [InlineData(Machine.Code, 0x1003, 0xE02B, 13, 0x1000)] // beyond the table
    [InlineData(Machine.Code, 0x2003, 0xE02B, 11, 0x2000)] // code not present
    [InlineData(Machine.Code, 0xE033, 0, 13, 0)] // null SS at CPL 3
    [InlineData(Machine.Code, 0xE033, 0xE028, 13, 0xE028)] // SS of another privilege
    [InlineData(Machine.Code, 0xE033, 0xE033, 13, 0xE030)] // SS is code
    [InlineData(Machine.Code, 0xE033, 0x2103, 12, 0x2100)] // stack not present
    public void Iretq_checks_what_it_loads(ulong rip, ushort cs, ushort ss, byte vector, uint error)
    {
        using Machine m = Machine.With(a => a.iretq());
        m.Descriptors[0x2000] = 0x00AF_7B00_0000_FFFF;
        m.Descriptors[0x2100] = 0x00CF_7300_0000_FFFF;
        Frame(m, rip, cs, 0x202, Machine.Stack, ss);
        ulong rsp = m.Cpu[Gpr.Rsp];
        Assert.Equal(new CpuExit(ExitReason.Exception, vector, error), m.Cpu.Run(1));
        Assert.Equal((Machine.Code, rsp, 0UL), (m.Cpu.Rip, m.Cpu[Gpr.Rsp], m.Cpu.Retired));
    }

    [Fact]
    public void Iretq_in_a_nested_task_is_general_protection()
    {
        using Machine m = Machine.With(a => a.iretq());
        m.Cpu.Rflags = 0x202 | Nt;
        Assert.Equal(new CpuExit(ExitReason.Exception, 13), m.Cpu.Run(1));
    }

    private static void Frame(Machine m, params ulong[] words)
    {
        m.Cpu[Gpr.Rsp] = Machine.Stack + 0x1000;
        for (int i = 0; i < words.Length; i++) m.Put(Machine.Stack + 0x1000 + 8 * (ulong)i, words[i]);
    }
}
