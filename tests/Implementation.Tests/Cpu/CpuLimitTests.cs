using Implementation.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Cpu;

/// <summary>Bases, limits and types of segments, in 32- and 16-bit code.</summary>
public sealed class CpuLimitTests
{
    private const ushort Segment = 0x1003;

    /// <summary>Base <see cref="Machine.Data"/>, DPL 3; the limit and type of each case.</summary>
    private const ulong AtData = 0x0040_F060_0000_0000;

    [Theory]
    [InlineData(0x0040_F260_0000_0FFF, 0xFFC, 0)] // the last word
    [InlineData(0x0040_F260_0000_0FFF, 0xFFD, 13)]
    [InlineData(0x0040_F260_0000_0FFF, 0xFFFF_FFFF, 13)]
    [InlineData(0x00C0_F660_0000_0000, 0x1000, 0)] // expand-down: above the limit
    [InlineData(0x00C0_F660_0000_0000, 0xFFF, 13)]
    [InlineData(0x0040_FA60_0000_0FFF, 0x10, 0)] // readable code
    [InlineData(0x0040_F860_0000_0FFF, 0x10, 13)] // cannot even be loaded
    public void A_load_stays_within_its_segment(ulong descriptor, ulong offset, byte vector)
    {
        using Machine m = Machine32.With(
            a =>
            {
                a.mov(es, ecx);
                a.mov(eax, __dword_ptr.es[ebx]);
            },
            cpl: 3);
        m.Descriptors[Segment & 0xFFFC] = descriptor;
        m.Cpu[Gpr.Rcx] = Segment;
        m.Cpu[Gpr.Rbx] = offset;
        CpuExit exit = m.Cpu.Run(2);
        Assert.Equal((vector == 0 ? ExitReason.Budget : ExitReason.Exception, vector), (exit.Reason, exit.Vector));
    }

    [Fact]
    public void A_store_needs_a_writable_segment()
    {
        using Machine m = Machine32.With(
            a =>
            {
                a.mov(ds, ecx);
                a.mov(eax, __dword_ptr[ebx]);
                a.mov(__dword_ptr[ebx], eax);
            },
            cpl: 3);
        m.Descriptors[Segment & 0xFFFC] = AtData | 0xFFF; // read-only
        m.Cpu[Gpr.Rcx] = Segment;
        Assert.Equal(new CpuExit(ExitReason.Exception, 13), m.Cpu.Run(3));
        Assert.Equal(2UL, m.Cpu.Retired);
    }

    [Fact]
    public void A_null_segment_is_noticed_within_the_same_block_of_code()
    {
        using Machine m = Machine32.With(
            a =>
            {
                a.mov(eax, __dword_ptr[(uint)Machine.Data]);
                a.mov(ds, ecx);
                a.mov(eax, __dword_ptr[(uint)Machine.Data]);
            },
            cpl: 3);
        Assert.Equal(new CpuExit(ExitReason.Exception, 13), m.Cpu.Run(3));
        Assert.Equal(2UL, m.Cpu.Retired);
    }

    [Fact]
    public void The_stack_segment_faults_by_its_own_vector_and_its_pointer_wraps_at_16_bits()
    {
        using Machine m = Machine32.With(
            a =>
            {
                a.mov(ss, ecx);
                a.push(eax);
                a.push(eax);
                a.mov(eax, __dword_ptr[ebp]);
            },
            cpl: 3);
        m.Descriptors[Segment & 0xFFFC] = 0x0000_F260_0000_FFFF; // 16 bits, 64 KiB
        m.Map(Machine.Data + 0xF000);
        m.Cpu[Gpr.Rcx] = Segment;
        m.Cpu[Gpr.Rax] = 0x1122_3344;
        m.Cpu[Gpr.Rsp] = 0xABCD_0004;
        m.Cpu[Gpr.Rbp] = 0x1_0000;
        Assert.Equal(new CpuExit(ExitReason.Exception, 12), m.Cpu.Run(4));
        Assert.Equal(0xABCD_FFFCUL, m.Cpu[Gpr.Rsp]);
        Assert.Equal(0x1122_3344UL, m.Read(Machine.Data + 0xFFF8) >> 32);
    }

    [Fact]
    public void A_branch_beyond_the_code_limit_faults_itself()
    {
        using Machine m = Machine32.With([0x75, 0x7E, 0xEB, 0x7C], cpl: 3); // jnz and jmp to 80h
        m.Descriptors[Segment & 0xFFFC] = 0x0040_FA40_0000_007F;
        m.Cpu.SetSelector(SegmentRegister.Cs, Segment);
        m.Cpu.Rip = 0;
        m.Cpu.Rflags = 0x242;
        Assert.Equal(new CpuExit(ExitReason.Exception, 13), m.Cpu.Run(5));
        Assert.Equal((2UL, 1UL), (m.Cpu.Rip, m.Cpu.Retired));
    }

    [Fact]
    public void Code_does_not_run_off_its_limit_nor_does_a_smaller_limit_find_older_code()
    {
        using Machine m = Machine32.With([0x90, 0x90, 0x90, 0x90, 0x90, 0x90], cpl: 3);
        foreach (uint limit in (uint[])[3, 5, 2])
        {
            m.Descriptors[Segment & 0xFFFC] = 0x0040_FA40_0000_0000UL | limit;
            m.Cpu.SetSelector(SegmentRegister.Cs, Segment);
            m.Cpu.Rip = 0;
            Assert.Equal(new CpuExit(ExitReason.Exception, 13), m.Cpu.Run(10));
            Assert.Equal(limit + 1UL, m.Cpu.Rip);
        }
    }

    [Fact]
    public void Code_of_16_bits_has_its_own_operand_and_address_sizes()
    {
        byte[] code = Machine32.Assemble(
            a =>
            {
                a.mov(ax, 0x1234);
                a.mov(__word_ptr[bx + si + 2], ax);
                a.mov(ecx, 0x1_0003);
                a.loop(a.@F);
                a.nop();
                a.AnonymousLabel();
                a.push(ax);
            },
            bitness: 16,
            at: 0);
        using Machine m = Machine32.With(code, cpl: 3);
        m.Descriptors[Segment & 0xFFFC] = 0x0000_FA40_0000_FFFF;
        m.Descriptors[0x1008] = 0x0000_F260_0000_FFFF;
        m.Cpu.SetSelector(SegmentRegister.Cs, Segment);
        m.Cpu.SetSelector(SegmentRegister.Ds, 0x100B);
        m.Cpu.SetSelector(SegmentRegister.Ss, 0x100B);
        m.Cpu[Gpr.Rbx] = 0xFFFF;
        m.Cpu[Gpr.Rsi] = 0x0101;
        m.Cpu[Gpr.Rsp] = 0x200;
        m.Cpu.Rip = 0;
        Assert.Equal(new CpuExit(ExitReason.Budget), m.Cpu.Run(5));
        Assert.Equal(0x1234UL, m.Read(Machine.Data + 0x102) & 0xFFFF);
        Assert.Equal(0x1_0002UL, m.Cpu[Gpr.Rcx]);
        Assert.Equal(0x1FEUL, m.Cpu[Gpr.Rsp]);
    }
}
