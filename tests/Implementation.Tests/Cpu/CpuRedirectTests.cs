using Iced.Intel;
using Implementation.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Cpu;

/// <summary>
/// One instruction whose stores to a frame go to another: what a hypervisor uses to emulate a write to a page table.
/// </summary>
public class CpuRedirectTests
{
    public static TheoryData<string> Names => [.. Cases.Keys];

    private static Dictionary<string, (Action<Assembler> Write, ulong Expected)> Cases { get; } = new()
    {
        ["mov"] = (a => a.mov(__qword_ptr[rbx], rax), 0x55),
        ["xchg"] = (a => a.xchg(__qword_ptr[rbx], rax), 0x55),
        ["lock cmpxchg"] = (a => a.@lock.cmpxchg(__qword_ptr[rbx], rcx), 0x10),
        ["lock or"] = (a => a.@lock.or(__qword_ptr[rbx], 3), 0x13),
        ["bts"] = (a => a.bts(__qword_ptr[rbx], 0), 0x11),
        ["stosq"] = (a => a.stosq(), 0x55),
        ["and dword"] = (a => a.and(__dword_ptr[rbx], 0), 0),
    };

    [Theory, MemberData(nameof(Names))]
    public void Stores_go_to_the_scratch_frame(string name)
    {
        using Machine m = Machine.With(Cases[name].Write);
        ulong table = m.MfnOf(Machine.Data), scratch = m.AllocateFrame();
        m.Memory.Entries(table)[0] = 0x10;
        m.Memory.Entries(scratch)[0] = 0x10;
        m.Entry(Machine.Data, 1) &= ~Machine.Write;
        m.Cpu[Gpr.Rbx] = m.Cpu[Gpr.Rdi] = Machine.Data;
        m.Cpu[Gpr.Rax] = 0x55;
        Assert.Equal(new CpuExit(ExitReason.Exception, 14, 7, Machine.Data), m.Cpu.Run(1));

        Assert.Equal(ExitReason.Budget, m.Cpu.StepRedirected(table, scratch).Reason);
        Assert.Equal((0x10UL, Cases[name].Expected), (m.Memory.Entries(table)[0], m.Memory.Entries(scratch)[0]));
        Assert.Equal(1UL, m.Cpu.Retired);
        Assert.False(m.Cpu.IsCached(table, writable: true));
        Assert.False(m.Cpu.IsCached(scratch, writable: false));
        Assert.DoesNotContain(m.Fills, f => f.Mfn == scratch);
    }

    [Fact]
    public void Other_frames_keep_their_protection()
    {
        using Machine m = Machine.With(a => a.mov(__qword_ptr[rbx], rax));
        m.Entry(Machine.Data, 1) &= ~Machine.Write;
        m.Cpu[Gpr.Rbx] = Machine.Data;
        ulong scratch = m.AllocateFrame();
        Assert.Equal(new CpuExit(ExitReason.Exception, 14, 7, Machine.Data), m.Cpu.StepRedirected(m.MfnOf(Machine.Stack), scratch));
    }

    [Fact]
    public void A_store_across_two_frames_is_parted()
    {
        using Machine m = Machine.With(a => a.mov(__qword_ptr[rbx], rax));
        ulong table = m.MfnOf(Machine.Data + 0x1000), scratch = m.AllocateFrame();
        m.Entry(Machine.Data + 0x1000, 1) &= ~Machine.Write;
        m.Cpu[Gpr.Rbx] = Machine.Data + 0xFFC;
        m.Cpu[Gpr.Rax] = 0x1122_3344_5566_7788;
        Assert.Equal(ExitReason.Budget, m.Cpu.StepRedirected(table, scratch).Reason);
        Assert.Equal(0x5566_7788_0000_0000UL, m.Memory.Entries(m.MfnOf(Machine.Data))[511]);
        Assert.Equal((0UL, 0x1122_3344UL), (m.Memory.Entries(table)[0], m.Memory.Entries(scratch)[0]));
    }
}
