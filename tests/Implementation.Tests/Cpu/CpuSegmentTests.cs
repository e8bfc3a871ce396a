using Iced.Intel;
using Implementation.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Cpu;

/// <summary>
/// Segment registers in 64-bit mode: loads and their checks, FS and GS bases, far transfers, LAR, LSL, VERR and VERW.
/// </summary>
public class CpuSegmentTests
{
    [Fact]
    public void Fs_and_gs_add_their_base_and_ds_does_not()
    {
        using Machine m = Machine.With(a =>
        {
            a.mov(rax, __qword_ptr.gs[rbx]);
            a.mov(rcx, __qword_ptr.fs[rbx + 8]);
            a.db(0x3E, 0x48, 0x8B, 0x17); // mov rdx, ds:[rdi]
        });
        m.Put(Machine.Data + 0x100, 11);
        m.Put(Machine.Data + 0x208, 22);
        m.Put(Machine.Data, 33);
        m.Cpu.GsBase = Machine.Data;
        m.Cpu.FsBase = Machine.Data + 0x100;
        m.Cpu[Gpr.Rbx] = 0x100;
        m.Cpu[Gpr.Rdi] = Machine.Data;
        m.Cpu.Run(3);
        Assert.Equal((11UL, 22UL, 33UL), (m.Cpu[Gpr.Rax], m.Cpu[Gpr.Rcx], m.Cpu[Gpr.Rdx]));
    }

    [Fact]
    public void Addresses_of_32_bits_wrap_before_the_base_is_added()
    {
        using Machine m = Machine.With(a => a.mov(eax, __dword_ptr.gs[ebx + 0x10]));
        m.Put(Machine.Data, 7);
        m.Cpu.GsBase = Machine.Data;
        m.Cpu[Gpr.Rbx] = 0xFFFF_FFFF_FFFF_FFF0;
        m.Cpu.Run(1);
        Assert.Equal(7UL, m.Cpu[Gpr.Rax]);
    }

    [Theory]
    [InlineData(0, 0, 0)] // null
    [InlineData(0xE02B, 0, 0)]
    [InlineData(0x2003, 13, 0x2000)] // beyond the table
    [InlineData(0x1003, 13, 0x1000)] // DPL 0
    [InlineData(0x1103, 11, 0x1100)] // not present
    [InlineData(0x1203, 13, 0x1200)] // execute-only code
    [InlineData(0x1303, 13, 0x1300)] // a system segment
    public void A_data_segment_load_is_checked(ushort selector, byte vector, uint error)
    {
        using Machine m = Machine.With(a => a.mov(fs, eax));
        m.Descriptors[0x1000] = 0x00CF_9300_0000_FFFF;
        m.Descriptors[0x1100] = 0x00CF_7300_0000_FFFF;
        m.Descriptors[0x1200] = 0x00AF_F900_0000_FFFF;
        m.Descriptors[0x1300] = 0x0000_8B00_0000_0067;
        m.Cpu[Gpr.Rax] = selector;
        CpuExit exit = m.Cpu.Run(1);
        Assert.Equal(vector == 0 ? new CpuExit(ExitReason.Budget) : new CpuExit(ExitReason.Exception, vector, error), exit);
        Assert.Equal(vector == 0 ? selector : (ushort)0, m.Cpu.GetSelector(SegmentRegister.Fs));
    }

    [Fact]
    public void A_load_of_fs_takes_the_descriptors_base_and_null_clears_it()
    {
        using Machine m = Machine.With(a =>
        {
            a.mov(fs, eax);
            a.mov(fs, ecx);
        });
        m.Descriptors[0x1000] = 0x12CF_F334_5678_FFFF;
        m.Cpu[Gpr.Rax] = 0x1003;
        m.Cpu.Run(1);
        Assert.Equal(0x1234_5678UL, m.Cpu.FsBase);
        m.Cpu.Run(1);
        Assert.Equal(0UL, m.Cpu.FsBase);
    }

    [Fact]
    public void A_stack_segment_at_user_privilege_is_not_null()
    {
        using Machine m = Machine.With(a =>
        {
            a.mov(ss, ecx);
            a.mov(ss, eax);
        });
        m.Cpu[Gpr.Rcx] = Machine.UserData;
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(1).Reason);
        Assert.Equal(new CpuExit(ExitReason.Exception, 13), m.Cpu.Run(1));
    }

    [Fact]
    public void Far_returns_and_jumps_stay_at_their_privilege()
    {
        using Machine m = Machine.With(a =>
        {
            a.push(Machine.UserCode);
            a.push((int)Machine.Code + 0x10);
            a.db(0x48, 0xCB); // retfq
        });
        byte[] jump = [0xFF, 0x2B]; // jmp far m16:32 at [rbx]
        jump.CopyTo(m.Memory.Frame(m.MfnOf(Machine.Code))[0x10..]);
        m.Cpu[Gpr.Rbx] = Machine.Data;
        m.Put(Machine.Data, Machine.Code + 0x20 | (ulong)Machine.UserCode << 32);
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(3).Reason);
        Assert.Equal((Machine.Code + 0x10, Machine.Stack + 0x2000), (m.Cpu.Rip, m.Cpu[Gpr.Rsp]));
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(1).Reason);
        Assert.Equal(Machine.Code + 0x20, m.Cpu.Rip);
    }

    [Fact]
    public void Queries_answer_in_ZF()
    {
        using Machine m = Machine.With(a =>
        {
            a.lsl(eax, ecx);
            a.lar(ebx, ecx);
            a.verr(cx);
            a.verw(cx);
            a.lsl(eax, edx);
        });
        m.Cpu[Gpr.Rcx] = Machine.UserData;
        m.Cpu[Gpr.Rdx] = 0x7777;
        bool[] expected = [true, true, true, true, false];
        foreach (bool zero in expected)
        {
            m.Cpu.Run(1);
            Assert.Equal(zero, (m.Cpu.Rflags & 0x40) != 0);
        }

        Assert.Equal((uint.MaxValue, 0x00CF_F300UL), ((uint)m.Cpu[Gpr.Rax], m.Cpu[Gpr.Rbx]));
    }
}
