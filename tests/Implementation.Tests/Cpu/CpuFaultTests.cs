using Iced.Intel;
using Implementation.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Cpu;

/// <summary>A fault leaves no trace: registers, flags, memory and the count are those from before the instruction.</summary>
public class CpuFaultTests
{
    private const ulong DataEnd = Machine.Data + 0x2000;

    public static TheoryData<string> Names => [.. Cases.Keys];

    /// <summary>
    /// Instructions that fault in their second half: RBX is at the end of the data, RCX is 5, RSP at a stack's end.
    /// </summary>
    private static Dictionary<string, Action<Assembler>> Cases { get; } = new()
    {
        ["load across"] = a => a.mov(rax, __qword_ptr[rbx - 4]),
        ["store across"] = a => a.mov(__qword_ptr[rbx - 4], rax),
        ["rmw across"] = a => a.add(__qword_ptr[rbx - 4], rax),
        ["inc across"] = a => a.inc(__dword_ptr[rbx - 2]),
        ["xadd"] = a => a.xadd(__qword_ptr[rbx], rax),
        ["cmpxchg"] = a => a.cmpxchg(__qword_ptr[rbx], rdx),
        ["cmpxchg16b"] = a => a.cmpxchg16b(__[rbx]),
        ["xchg"] = a => a.xchg(__qword_ptr[rbx - 1], rax),
        ["push from memory"] = a => a.push(__qword_ptr[rbx]),
        ["pop to memory"] = a => a.pop(__qword_ptr[rbx - 4]),
        ["call through memory"] = a => a.call(__qword_ptr[rbx]),
        ["movsq alone"] = a => { a.mov(rdi, rbx); a.mov(rsi, Machine.Data); a.movsq(); },
        ["enter"] = a => { a.mov(rsp, Machine.Stack + 8); a.enter(64, 3); },
        ["push"] = a => { a.mov(rsp, Machine.Stack + 4); a.push(rax); },
        ["call"] = a => { a.mov(rsp, Machine.Stack + 4); a.call(Machine.Code); },
        ["pop"] = a => { a.mov(rsp, Machine.Stack + 0x1FFC); a.pop(rax); },
        ["ret"] = a => { a.mov(rsp, Machine.Stack + 0x1FFC); a.ret(); },
        ["leave"] = a => { a.mov(rbp, Machine.Stack + 0x1FFC); a.leave(); },
        ["bts far"] = a => { a.mov(rdx, 64); a.bts(__qword_ptr[rbx - 8], rdx); },
        ["shl"] = a => a.shl(__dword_ptr[rbx - 2], cl),
        ["setz"] = a => a.sete(__byte_ptr[rbx]),
        ["divide by zero"] = a => { a.xor(edx, edx); a.mov(r8d, 0); a.div(r8); },
        ["quotient too large"] = a => { a.mov(rdx, -1); a.mov(r8d, 2); a.div(r8); },
        ["idiv overflow"] = a => { a.mov(rax, long.MinValue); a.cqo(); a.mov(r8, -1); a.idiv(r8); },
        ["ret to no canonical address"] = a => { a.mov(rax, 1L << 50); a.push(rax); a.ret(); },
    };

    [Theory, MemberData(nameof(Names))]
    public void A_faulting_instruction_changes_nothing(string name)
    {
        using Machine stepped = Build(name), whole = Build(name);
        string before;
        CpuExit exit;
        do
        {
            before = stepped.Describe();
            exit = stepped.Cpu.Step();
        }
        while (exit.Reason == ExitReason.Budget);

        Assert.Equal(ExitReason.Exception, exit.Reason);
        ulong cr2 = stepped.Cpu.Cr2;
        stepped.Cpu.Cr2 = 0;
        Assert.Equal(WithoutAccessedBits(before), WithoutAccessedBits(stepped.Describe()));
        Assert.Equal(exit, whole.Cpu.Run(1000));
        stepped.Cpu.Cr2 = cr2;
        Assert.Equal(stepped.Describe(), whole.Describe());
    }

    [Fact]
    public void A_repeated_move_stops_exactly_at_the_page_it_may_not_write()
    {
        using Machine m = Machine.With(a => { a.rep.movsq(); a.nop(); });
        m.Entry(Machine.Data + 0x1000, 1) &= ~Machine.Write;
        m.Cpu[Gpr.Rsi] = Machine.Stack;
        m.Cpu[Gpr.Rdi] = Machine.Data + 0xF80;
        m.Cpu[Gpr.Rcx] = 100;
        CpuExit exit = m.Cpu.Run(1000);
        Assert.Equal(new CpuExit(ExitReason.Exception, 14, 7, Machine.Data + 0x1000), exit);
        Assert.Equal((100UL - 16, Machine.Stack + 128, Machine.Data + 0x1000, Machine.Code, 16UL),
            (m.Cpu[Gpr.Rcx], m.Cpu[Gpr.Rsi], m.Cpu[Gpr.Rdi], m.Cpu.Rip, m.Cpu.Retired));

        m.Entry(Machine.Data + 0x1000, 1) |= Machine.Write;
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(84).Reason);
        Assert.Equal((0UL, Machine.Code + 3, 100UL), (m.Cpu[Gpr.Rcx], m.Cpu.Rip, m.Cpu.Retired));
    }

    [Fact]
    public void An_instruction_that_crosses_into_a_missing_page_faults_with_that_page()
    {
        using Machine m = new();
        m.WithPages([]);
        byte[] code = Machine.Assemble(a => a.mov(rax, 0x1122334455667788), Machine.Code + 0xFFC);
        code.AsSpan(0, 4).CopyTo(m.Memory.Frame(m.MfnOf(Machine.Code))[0xFFC..]);
        m.Cpu.Rip = Machine.Code + 0xFFC;
        Assert.Equal(new CpuExit(ExitReason.Exception, 14, 4 | 16, Machine.Code + 0x1000), m.Cpu.Run(1));
        Assert.Equal(Machine.Code + 0xFFC, m.Cpu.Rip);

        ulong next = m.Map(Machine.Code + 0x1000);
        code.AsSpan(4).CopyTo(m.Memory.Frame(next));
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(1).Reason);
        Assert.Equal(0x1122334455667788UL, m.Cpu[Gpr.Rax]);
    }

    [Fact]
    public void Fifteen_bytes_are_the_longest_instruction()
    {
        using Machine m = new Machine().WithPages([.. Enumerable.Repeat((byte)0x66, 15), 0x90]);
        Assert.Equal(new CpuExit(ExitReason.Exception, 13), m.Cpu.Run(1));
        using Machine longest = new Machine().WithPages([.. Enumerable.Repeat((byte)0x66, 14), 0x90]);
        Assert.Equal(ExitReason.Budget, longest.Cpu.Run(1).Reason);
        Assert.Equal(Machine.Code + 15, longest.Cpu.Rip);
    }

    private static Machine Build(string name)
    {
        Machine m = Machine.With(a =>
        {
            a.mov(r9d, 7);
            a.add(r9d, 0x7FFFFFFF); // flags that must survive
            Cases[name](a);
            a.cmp(r9, r9);
        });
        m.Cpu[Gpr.Rbx] = DataEnd;
        m.Cpu[Gpr.Rcx] = 5;
        m.Cpu[Gpr.Rax] = 0x1234_5678_9ABC_DEF0;
        return m;
    }

    /// <summary>A and D bits may be set by an access that then faults, so the digest of memory is left out.</summary>
    private static string WithoutAccessedBits(string description) =>
        description[..description.IndexOf(" memory", StringComparison.Ordinal)];
}
