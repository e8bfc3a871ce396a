using Implementation.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Cpu;

/// <summary>Three-level tables, which translate where EFER.LMA is clear.</summary>
public sealed class CpuPaePagingTests
{
    [Theory]
    [InlineData(0x60_0000)]
    [InlineData(0x4060_0000)]
    [InlineData(0xFFFF_F000)]
    public void A_load_reaches_what_three_levels_map(ulong linear)
    {
        using Machine m = Machine32.With(a => a.mov(eax, __dword_ptr[ebx]), cpl: 3);
        if (linear != Machine.Data) m.Map(linear);
        m.Put(linear, 0x1234_5678);
        Machine32.LeaveLongMode(m);
        m.Cpu[Gpr.Rbx] = linear;
        Assert.Equal(new CpuExit(ExitReason.Budget), m.Cpu.Run(1));
        Assert.Equal(0x1234_5678UL, m.Cpu[Gpr.Rax]);
    }

    [Theory]
    [InlineData(0UL, 4)] // not present
    [InlineData(Machine.Present | Machine.Write, 0xD)] // R/W is reserved in an entry of the root
    [InlineData(Machine.Present | Machine.User, 0xD)]
    [InlineData(Machine.Present | Machine.NoExecute, 0xD)]
    [InlineData(Machine.Present | 0x8000_0000UL, 0xD)] // beyond memory
    public void An_entry_of_the_root_has_a_frame_and_a_present_bit_only(ulong flags, uint error)
    {
        using Machine m = Machine32.With(a => a.mov(eax, __dword_ptr[0x4060_0000]), cpl: 3);
        m.Map(0x4060_0000);
        Machine32.LeaveLongMode(m);
        ref ulong entry = ref m.Memory.Entries(m.Cpu.Cr3 >> 12)[1];
        entry = (flags & Machine.Present) == 0 ? 0 : entry & ~Machine.Present | flags;
        Assert.Equal(new CpuExit(ExitReason.Exception, 14, error, 0x4060_0000), m.Cpu.Run(1));
    }

    [Fact]
    public void Accessed_and_dirty_bits_are_set_below_the_root()
    {
        using Machine m = Machine32.With(a => a.mov(__dword_ptr[(uint)Machine.Data], eax), cpl: 3);
        Machine32.LeaveLongMode(m);
        ulong before = m.Memory.Entries(m.Cpu.Cr3 >> 12)[0];
        Assert.Equal(new CpuExit(ExitReason.Budget), m.Cpu.Run(1));
        Assert.Equal(Machine.Accessed | Machine.Dirty, m.Entry(Machine.Data, 1) & (Machine.Accessed | Machine.Dirty));
        Assert.Equal(Machine.Accessed, m.Entry(Machine.Data, 2) & (Machine.Accessed | Machine.Dirty));
        Assert.Equal(before, m.Memory.Entries(m.Cpu.Cr3 >> 12)[0]);
    }
}
