using Iced.Intel;
using Implementation.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Cpu;

/// <summary>What CPL 3 may not do, and how it hears of it.</summary>
public class CpuPrivilegeTests
{
    public static TheoryData<string> Privileged => [.. PrivilegedCases.Keys];

    public static TheoryData<string> Undefined => [.. UndefinedCases.Keys];

    private static Dictionary<string, Action<Assembler>> PrivilegedCases { get; } = new()
    {
        ["hlt"] = a => a.hlt(),
        ["mov from cr0"] = a => a.mov(rax, cr0),
        ["mov to cr3"] = a => a.mov(cr3, rax),
        ["mov to cr4"] = a => a.mov(cr4, rax),
        ["mov from dr7"] = a => a.mov(rax, dr7),
        ["lgdt"] = a => a.lgdt(__[rsp]),
        ["lidt"] = a => a.lidt(__[rsp]),
        ["lldt"] = a => a.lldt(ax),
        ["ltr"] = a => a.ltr(ax),
        ["lmsw"] = a => a.lmsw(ax),
        ["clts"] = a => a.clts(),
        ["rdmsr"] = a => a.rdmsr(),
        ["wrmsr"] = a => a.wrmsr(),
        ["invlpg"] = a => a.invlpg(__[rsp]),
        ["invd"] = a => a.invd(),
        ["wbinvd"] = a => a.wbinvd(),
        ["swapgs"] = a => a.swapgs(),
        ["sysretq"] = a => a.sysretq(),
        ["cli"] = a => a.cli(),
        ["sti"] = a => a.sti(),
        ["in"] = a => a.@in(al, 0x60),
        ["out"] = a => a.@out(dx, eax),
        ["rep insb"] = a => a.rep.insb(),
        ["outsd"] = a => a.outsd(),
        ["rdpmc"] = a => a.rdpmc(),
    };

    private static Dictionary<string, Action<Assembler>> UndefinedCases { get; } = new()
    {
        ["ud2"] = a => a.ud2(),
        ["ud1"] = a => a.db(0x0F, 0xB9, 0xC0),
        ["push es"] = a => a.db(0x06),
        ["lock nop"] = a => a.db(0xF0, 0x90),
        ["lock add to a register"] = a => a.db(0xF0, 0x01, 0xC0),
        ["lock mov"] = a => a.db(0xF0, 0x89, 0x04, 0x24),
        ["lock cmp"] = a => a.db(0xF0, 0x39, 0x04, 0x24),
        ["mov to cs"] = a => a.db(0x8E, 0xC8),
        ["xgetbv without OSXSAVE"] = a => a.xgetbv(),
        ["rdfsbase without FSGSBASE"] = a => a.rdfsbase(rax),
        ["popcnt without the feature"] = a => a.popcnt(rax, rbx),
        ["monitor"] = a => a.monitor(),
        ["stac"] = a => a.stac(),
        ["xsetbv without OSXSAVE"] = a => a.xsetbv(),
        ["vmcall"] = a => a.vmcall(),
        ["lea of a register"] = a => a.db(0x8D, 0xC0),
    };

    [Theory, MemberData(nameof(Privileged))]
    public void Privileged_instructions_are_general_protection(string name)
    {
        using Machine m = Machine.With(PrivilegedCases[name]);
        m.Cpu[Gpr.Rcx] = 3;
        string before = Registers(m);
        Assert.Equal(new CpuExit(ExitReason.Exception, 13), m.Cpu.Run(10));
        Assert.Equal(before, Registers(m));
    }

    [Theory, MemberData(nameof(Undefined))]
    public void Forms_that_do_not_exist_are_undefined(string name)
    {
        using Machine m = Machine.With(UndefinedCases[name]);
        string before = Registers(m);
        Assert.Equal(new CpuExit(ExitReason.Exception, 6), m.Cpu.Run(10));
        Assert.Equal(before, Registers(m));
        Assert.Empty(m.Cpu.Unimplemented);
    }

    [Fact]
    public void An_unknown_form_is_undefined_and_counted_by_its_name()
    {
        using Machine m = Machine.With(a => a.vaddps(ymm0, ymm1, ymm2));
        Assert.Equal(new CpuExit(ExitReason.Exception, 6), m.Cpu.Run(10));
        Assert.Equal(new CpuExit(ExitReason.Exception, 6), m.Cpu.Run(10));
        Assert.Equal(("VADDPS ymm1, ymm2, ymm3/m256", 2UL), m.Cpu.Unimplemented.Select(p => (p.Key, p.Value)).Single());
    }

    [Fact]
    public void Enough_io_privilege_allows_cli_and_sti()
    {
        using Machine m = Machine.With(a =>
        {
            a.cli();
            a.sti();
            a.cli();
        });
        m.Cpu.Rflags = 0x3202;
        m.Cpu.Run(1);
        Assert.Equal(0x3002UL, m.Cpu.Rflags);
        m.Cpu.Run(1);
        Assert.Equal(0x3202UL, m.Cpu.Rflags);
        m.Cpu.Rflags = 0x2202;
        Assert.Equal(new CpuExit(ExitReason.Exception, 13), m.Cpu.Run(1));
    }

    [Fact]
    public void Calls_to_the_owner_come_back_behind_the_instruction()
    {
        using Machine m = Machine.With(a =>
        {
            a.syscall();
            a.@int(0x80);
            a.int3();
            a.int1();
        });
        m.Cpu.Rflags = 0x247;
        Assert.Equal(new CpuExit(ExitReason.Syscall), m.Cpu.Run(9));
        Assert.Equal((Machine.Code + 2, Machine.Code + 2, 0x247UL), (m.Cpu.Rip, m.Cpu[Gpr.Rcx], m.Cpu[Gpr.R11]));
        Assert.Equal(new CpuExit(ExitReason.SoftwareInterrupt, 0x80, InstructionLength: 2), m.Cpu.Run(9));
        Assert.Equal(Machine.Code + 4, m.Cpu.Rip);
        Assert.Equal(new CpuExit(ExitReason.SoftwareInterrupt, 3, InstructionLength: 1), m.Cpu.Run(9));
        Assert.Equal(new CpuExit(ExitReason.Exception, 1), m.Cpu.Run(9));
        Assert.Equal((Machine.Code + 6, 4UL), (m.Cpu.Rip, m.Cpu.Retired));
    }

    [Fact]
    public void Without_SCE_syscall_is_undefined()
    {
        using Machine m = Machine.With(a => a.syscall());
        m.Cpu.Efer &= ~1UL;
        Assert.Equal(new CpuExit(ExitReason.Exception, 6), m.Cpu.Run(1));
    }

    [Fact]
    public void Time_stamp_and_bases_follow_CR4()
    {
        using Machine m = Machine.With(a =>
        {
            a.rdtsc();
            a.rdfsbase(rax);
            a.wrgsbase(rbx);
            a.mov(ecx, 0);
            a.xgetbv();
        });
        m.Cpu.Cr4 |= 4;
        Assert.Equal(new CpuExit(ExitReason.Exception, 13), m.Cpu.Run(1));
        m.Cpu.Cr4 = 0x20 | 1 << 16 | 1 << 18;
        m.Cpu.FsBase = 0x1234_5678_9ABC;
        m.Cpu[Gpr.Rbx] = 0x7FFF_0000_0000;
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(2).Reason);
        Assert.Equal(0x1234_5678_9ABCUL, m.Cpu[Gpr.Rax]);
        m.Cpu[Gpr.Rbx] = 1UL << 60;
        Assert.Equal(new CpuExit(ExitReason.Exception, 13), m.Cpu.Run(1));
        m.Cpu[Gpr.Rbx] = 0x7FFF_0000_0000;
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(3).Reason);
        Assert.Equal(0x7FFF_0000_0000UL, m.Cpu.GsBase);
        Assert.Equal(3UL, m.Cpu[Gpr.Rax]);
    }

    [Fact]
    public void Supervisor_code_may_write_read_only_pages_unless_WP_forbids()
    {
        using Machine m = Machine.With(a =>
        {
            a.mov(__qword_ptr[rbx], rax);
            a.mov(__qword_ptr[rbx], rax);
        });
        m.Entry(Machine.Data, 1) &= ~(Machine.Write | Machine.User);
        m.Cpu[Gpr.Rbx] = Machine.Data;
        Assert.Equal(new CpuExit(ExitReason.Exception, 14, 7, Machine.Data), m.Cpu.Run(1));
        m.Cpu.Cpl = 0;
        Assert.Equal(new CpuExit(ExitReason.Exception, 14, 3, Machine.Data), m.Cpu.Run(1));
        m.Cpu.Cr0 &= ~0x10000UL;
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(1).Reason);
        m.Cpu.Cr0 |= 0x10000;
        Assert.Equal(14, m.Cpu.Run(1).Vector);
        m.Cpu.Cpl = 3;
        Assert.Equal(new CpuExit(ExitReason.Exception, 14, 7, Machine.Data), m.Cpu.Run(1));
    }

    private static string Registers(Machine m) => m.Describe()[..m.Describe().IndexOf(" memory", StringComparison.Ordinal)];
}
