using Implementation.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Cpu;

/// <summary>Far transfers of 32-bit code between rings, and what they leave behind.</summary>
public sealed class CpuRingTests
{
    private const ushort Gate = 0x1000;
    private const uint Top = (uint)Machine.Stack + 0x2000;

    [Fact]
    public void Iret_from_ring_1_to_ring_3_takes_the_stack_and_drops_inner_data_segments()
    {
        using Machine m = Machine32.With(a =>
        {
            a.push(Machine32.UserData);
            a.push((uint)Machine.Stack + 0x800);
            a.push(0x202);
            a.push(Machine32.UserCode);
            a.push((uint)Machine.Code + 0x100);
            a.iretd();
        });
        m.Cpu.SetSelector(SegmentRegister.Fs, Machine32.UserData);
        Assert.Equal(new CpuExit(ExitReason.Budget), m.Cpu.Run(6));
        Assert.Equal((3, Machine.Code + 0x100, Machine.Stack + 0x800), (m.Cpu.Cpl, m.Cpu.Rip, m.Cpu[Gpr.Rsp]));
        Assert.Equal(Machine32.UserCode, m.Cpu.GetSelector(SegmentRegister.Cs));
        Assert.Equal(Machine32.UserData, m.Cpu.GetSelector(SegmentRegister.Ss));
        Assert.Equal(0, m.Cpu.GetSelector(SegmentRegister.Ds));
        Assert.Equal(0, m.Cpu.GetSelector(SegmentRegister.Es));
        Assert.Equal(Machine32.UserData, m.Cpu.GetSelector(SegmentRegister.Fs));
    }

    [Fact]
    public void Iret_within_ring_1_leaves_stack_and_segments_alone()
    {
        using Machine m = Machine32.With(a =>
        {
            a.pushfd();
            a.push(cs);
            a.push((uint)Machine.Code + 0x100);
            a.iretd();
        });
        Assert.Equal(new CpuExit(ExitReason.Budget), m.Cpu.Run(4));
        Assert.Equal((1, Machine.Code + 0x100, (ulong)Top), (m.Cpu.Cpl, m.Cpu.Rip, m.Cpu[Gpr.Rsp]));
        Assert.Equal(Machine32.KernelData, m.Cpu.GetSelector(SegmentRegister.Ds));
    }

    [Fact]
    public void After_a_return_to_ring_3_kernel_pages_are_closed()
    {
        using Machine m = Machine32.With(a =>
        {
            a.mov(eax, __dword_ptr[(uint)Machine.Data]);
            a.push(Machine32.UserData);
            a.push(Top);
            a.push(Machine32.UserCode);
            a.push((uint)Machine.Code + 0x100);
            a.retf();
        });
        Machine32.Assemble(a =>
        {
            a.mov(eax, Machine32.UserData);
            a.mov(ds, eax);
            a.mov(eax, __dword_ptr[(uint)Machine.Data]);
        }).CopyTo(m.Memory.Frame(m.MfnOf(Machine.Code))[0x100..]);
        m.Entry(Machine.Data, 1) &= ~Machine.User;
        Assert.Equal(new CpuExit(ExitReason.Exception, 14, 5, Machine.Data), m.Cpu.Run(10));
        Assert.Equal(8UL, m.Cpu.Retired);
    }

    [Fact]
    public void A_far_return_to_an_outer_ring_drops_its_arguments_from_both_stacks()
    {
        using Machine m = Machine32.With(a =>
        {
            a.push(Machine32.UserData);
            a.push((uint)Machine.Stack + 0x800);
            a.push(1);
            a.push(2);
            a.push(Machine32.UserCode);
            a.push((uint)Machine.Code + 0x100);
            a.retf(8);
        });
        Assert.Equal(new CpuExit(ExitReason.Budget), m.Cpu.Run(7));
        Assert.Equal((3, Machine.Stack + 0x808), (m.Cpu.Cpl, m.Cpu[Gpr.Rsp]));
    }

    [Theory]
    [InlineData(Machine32.KernelCode, 13, 0xE018)] // an inner ring
    [InlineData(0xE018, 13, 0xE018)] // RPL 0
    [InlineData(0x0003, 13, 0)] // null
    [InlineData(0x7777, 13, 0x7774)] // no descriptor
    [InlineData(Machine32.UserData, 13, 0xE030)] // not code
    [InlineData(0x200B, 11, 0x2008)] // not present
    public void Iret_at_ring_3_goes_nowhere_else(int selector, byte vector, uint error)
    {
        using Machine m = Machine32.With(
            a =>
            {
                a.pushfd();
                a.push(selector);
                a.push((uint)Machine.Code + 0x100);
                a.iretd();
            },
            cpl: 3);
        m.Descriptors[0x2008] = 0x00CF_7A00_0000_FFFF;
        Assert.Equal(new CpuExit(ExitReason.Exception, vector, error), m.Cpu.Run(4));
        Assert.Equal(3UL, m.Cpu.Retired);
        Assert.Equal(0xCFUL, m.Read(m.Cpu.Rip) & 0xFF);
    }

    [Fact]
    public void A_32_bit_program_may_jump_to_64_bit_code_of_its_ring()
    {
        using Machine m = Machine32.With(
            a =>
            {
                a.db(0xEA); // jmp ptr16:32
                a.dd((uint)Machine.Code + 7);
                a.dw(0x100B);
                a.db(0x48, 0xFF, 0xC0); // inc rax
            },
            cpl: 3);
        m.Descriptors[0x1008] = 0x00AF_FB00_0000_FFFF;
        m.Cpu[Gpr.Rax] = uint.MaxValue;
        Assert.Equal(new CpuExit(ExitReason.Budget), m.Cpu.Run(2));
        Assert.Equal(0x1_0000_0000UL, m.Cpu[Gpr.Rax]);
    }

    [Theory]
    [InlineData(3, "a gate that this ring may not use faults with its selector")]
    [InlineData(0, "so does a 32-bit gate in compatibility mode, where there is none")]
    public void A_call_gate_in_compatibility_mode_faults(int shortOf, string why)
    {
        using Machine m = Machine32.With([0x9A, 0, 0, 0, 0, Gate & 0xFF | 3, Gate >> 8], cpl: 3);
        m.Descriptors[Gate] = GateTo(Machine32.KernelCode, Machine.Code + 0x100, dpl: 3 - shortOf, parameters: 0);
        CpuExit exit = m.Cpu.Run(1);
        Assert.True(exit == new CpuExit(ExitReason.Exception, 13, Gate), $"{why}: {exit}");
    }

    [Fact]
    public void A_call_gate_of_legacy_mode_changes_ring_and_stack_and_copies_parameters()
    {
        using Machine m = Legacy(parameters: 2);
        m.RingStacks[1] = (Machine32.KernelData, (uint)Machine.Data + 0x1000);
        Assert.Equal(new CpuExit(ExitReason.Budget), m.Cpu.Run(3));
        Assert.Equal((1, Machine.Code + 0x100, Machine.Data + 0x1000 - 24), (m.Cpu.Cpl, m.Cpu.Rip, m.Cpu[Gpr.Rsp]));
        ulong frame = m.Cpu[Gpr.Rsp];
        Assert.Equal(Machine.Code + 11 | (ulong)Machine32.UserCode << 32, m.Read(frame));
        Assert.Equal(0x22 | 0x11UL << 32, m.Read(frame + 8));
        Assert.Equal(Top - 8 | (ulong)Machine32.UserData << 32, m.Read(frame + 16));

        Assert.Equal(new CpuExit(ExitReason.Budget), m.Cpu.Run(1)); // retf 8
        Assert.Equal((3, Machine.Code + 11, (ulong)Top), (m.Cpu.Cpl, m.Cpu.Rip, m.Cpu[Gpr.Rsp]));
    }

    [Fact]
    public void A_call_gate_without_a_stack_faults_and_changes_nothing()
    {
        using Machine m = Legacy(parameters: 0);
        Assert.Equal(new CpuExit(ExitReason.Exception, 10), m.Cpu.Run(3));
        m.RingStacks[1] = (Machine32.UserData, 0);
        Assert.Equal(new CpuExit(ExitReason.Exception, 10, 0xE030), m.Cpu.Run(1));
        m.RingStacks[1] = (Machine32.KernelData, 0x70_0000); // not mapped: a supervisor's write
        Assert.Equal(new CpuExit(ExitReason.Exception, 14, 2, 0x6F_FFFC), m.Cpu.Run(1));
        Assert.Equal((3, Machine.Code + 4, (ulong)Top - 8), (m.Cpu.Cpl, m.Cpu.Rip, m.Cpu[Gpr.Rsp]));
        Assert.Equal(Machine32.UserData, m.Cpu.GetSelector(SegmentRegister.Ss));
    }

    [Fact]
    public void Syscall_is_for_64_bit_code_and_into_for_the_other()
    {
        using Machine m = Machine32.With(a =>
        {
            a.into();
            a.mov(al, 0x7F);
            a.inc(al);
            a.into();
            a.syscall();
        });
        Assert.Equal(new CpuExit(ExitReason.SoftwareInterrupt, 4, InstructionLength: 1), m.Cpu.Run(10));
        Assert.Equal(4UL, m.Cpu.Retired);
        Assert.Equal(new CpuExit(ExitReason.Exception, 6), m.Cpu.Run(10));
    }

    /// <summary>Ring 3 under PAE tables pushes two words and calls through a gate to ring 1, where a RETF 8 stands.</summary>
    private static Machine Legacy(int parameters)
    {
        Machine m = Machine32.With([0x6A, 0x11, 0x6A, 0x22, 0x9A, 0, 0, 0, 0, Gate & 0xFF | 3, Gate >> 8], cpl: 3);
        new byte[] { 0xCA, 8, 0 }.CopyTo(m.Memory.Frame(m.MfnOf(Machine.Code))[0x100..]);
        m.Descriptors[Gate] = GateTo(Machine32.KernelCode, Machine.Code + 0x100, dpl: 3, parameters);
        Machine32.LeaveLongMode(m);
        return m;
    }

    private static ulong GateTo(ushort selector, ulong offset, int dpl, int parameters) =>
        offset & 0xFFFF | (ulong)selector << 16 | (ulong)(0x8C00 | dpl << 13 | parameters) << 32 | (offset & 0xFFFF_0000) << 32;
}
