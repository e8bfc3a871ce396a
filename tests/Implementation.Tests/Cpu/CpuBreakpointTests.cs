using Iced.Intel;
using Implementation.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Cpu;

/// <summary>Breakpoints of instructions and of data (SDM Vol. 3B, 17.2 and 17.3.1).</summary>
public class CpuBreakpointTests
{
    private const uint SingleStep = 1 << 14;
    private const ulong Usual = 0x202, Trap = 1 << 8, Resume = 1 << 16;

    /// <summary>R/W and LEN of the first breakpoint, and its L.</summary>
    private const ulong Local = 1, Stores = 1 << 16, Both = 3 << 16, Two = 1 << 18, Eight = 2 << 18, Four = 3 << 18;

    private static CpuExit Debug(uint status) => new(ExitReason.Exception, 1, DebugStatus: status);

    [Fact]
    public void An_instruction_is_stopped_before_it_unless_RF_holds_that_back_once()
    {
        using Machine m = Machine.With(a => { a.nop(); a.mov(eax, 1); a.jmp(Machine.Code); });
        m.Cpu.SetBreakpoint(2, Machine.Code + 1);
        m.Cpu.DebugControl = Local << 4;
        Assert.Equal(Debug(1 << 2), m.Cpu.Run(100));
        Assert.Equal((Machine.Code + 1, 1UL, 0UL), (m.Cpu.Rip, m.Cpu.Retired, m.Cpu.Rflags & Resume));
        Assert.Equal(Debug(1 << 2), m.Cpu.Run(100));
        Assert.Equal(1UL, m.Cpu.Retired);

        m.Cpu.Rflags |= Resume;
        Assert.Equal(Debug(1 << 2), m.Cpu.Run(100)); // the next time round
        Assert.Equal((Machine.Code + 1, 4UL), (m.Cpu.Rip, m.Cpu.Retired));
    }

    [Fact]
    public void A_breakpoint_that_is_not_enabled_or_is_somewhere_else_stops_nothing()
    {
        using Machine m = Machine.With(a => { a.mov(__qword_ptr[rbx], rax); a.nop(); });
        m.Cpu[Gpr.Rbx] = Machine.Data;
        m.Cpu.SetBreakpoint(0, Machine.Data);
        m.Cpu.SetBreakpoint(1, Machine.Code + 1);
        m.Cpu.DebugControl = Stores | (Local << 2);
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(2).Reason);
    }

    [Theory]
    [InlineData(Stores | Four, 4, true, true)]
    [InlineData(Stores | Four, 3, true, true)] // The last bytes of the store are the first of the breakpoint.
    [InlineData(Stores | Four, 0, true, false)]
    [InlineData(Stores | Four, 8, true, false)]
    [InlineData(Stores | Four, 7, true, true)]
    [InlineData(Stores | Four, 4, false, false)]
    [InlineData(Both | Four, 4, false, true)]
    [InlineData(Both, 1, true, true)]
    [InlineData(Both, 5, true, false)]
    [InlineData(Both | Two, 5, true, true)]
    [InlineData(Both | Eight, 11, true, false)]
    [InlineData(Both | Eight, 7, true, true)] // All the eight bytes from 0 on are watched.
    public void Data_is_met_by_an_access_of_its_kind_that_touches_a_byte_of_it(ulong control, int offset, bool stores, bool isMet)
    {
        using Machine m = Machine.With(a =>
        {
            if (stores) a.mov(__dword_ptr[rbx], eax);
            else a.mov(eax, __dword_ptr[rbx]);
            a.nop();
        });
        m.Cpu[Gpr.Rbx] = Machine.Data + (ulong)offset;
        m.Cpu[Gpr.Rax] = 0x1122_3344;
        m.Cpu.SetBreakpoint(0, Machine.Data + 4);
        m.Cpu.DebugControl = Local | control;
        CpuExit exit = m.Cpu.Run(2);
        Assert.Equal(isMet ? Debug(1) : new(ExitReason.Budget), exit);
        Assert.Equal(isMet ? 1UL : 2UL, m.Cpu.Retired); // A trap: the access is done.
        if (stores) Assert.Equal(0x1122_3344UL, m.Read(Machine.Data + (ulong)offset) & uint.MaxValue);
    }

    [Fact]
    public void A_single_step_and_data_are_one_trap()
    {
        using Machine m = Machine.With(a => { a.push(rax); a.nop(); });
        m.Cpu.SetBreakpoint(0, m.Cpu[Gpr.Rsp] - 8);
        m.Cpu.SetBreakpoint(3, m.Cpu[Gpr.Rsp] - 1);
        m.Cpu.DebugControl = Local | (Local << 6) | Stores | Eight | (Both << 12);
        m.Cpu.Rflags = Usual | Trap;
        Assert.Equal(Debug(0b1001 | SingleStep), m.Cpu.Run(10));
        Assert.Equal(Debug(SingleStep), m.Cpu.Run(10));
    }

    [Fact]
    public void An_access_that_faults_meets_nothing()
    {
        using Machine m = Machine.With(a => a.mov(__qword_ptr[rbx], rax));
        m.Cpu[Gpr.Rbx] = Machine.Data + 0x1FFC;
        m.Cpu.SetBreakpoint(0, Machine.Data + 0x1FFC);
        m.Cpu.DebugControl = Local | Stores | Four;
        Assert.Equal(new CpuExit(ExitReason.Exception, 14, 6, Machine.Data + 0x2000), m.Cpu.Run(10));
    }

    [Theory]
    [InlineData(Resume, 9UL)]
    [InlineData(0UL, 8UL)]
    public void Iret_loads_RF(ulong resume, ulong retired)
    {
        using Machine m = Machine.With(a =>
        {
            Label next = a.CreateLabel();
            a.mov(rax, rsp);
            a.push(Machine.UserData);
            a.push(rax);
            a.push((int)(Usual | resume));
            a.push(Machine.UserCode);
            a.lea(rcx, __[next]);
            a.push(rcx);
            a.iretq();
            a.Label(ref next);
            a.nop();
            a.ud2();
        });
        while (m.Cpu.Retired < 7) m.Cpu.Step();
        m.Cpu.SetBreakpoint(0, m.Cpu[Gpr.Rcx]);
        m.Cpu.DebugControl = Local;
        Assert.Equal(resume != 0 ? 6 : 1, m.Cpu.Run(10).Vector);
        Assert.Equal(retired, m.Cpu.Retired);
    }
}
