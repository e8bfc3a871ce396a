using Implementation.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Cpu;

/// <summary>
/// 4-level paging: who may do what, with which error code, and what it leaves in the A and D bits (SDM Vol. 3A, 4.6-4.8).
/// </summary>
public class CpuPagingTests
{
    /// <summary>
    /// Every combination of P, R/W, U/S and NX in the leaf and one table above, for each access, privilege and WP.
    /// </summary>
    [Fact]
    public void Permissions_of_all_levels_and_the_error_code()
    {
        using Machine m = new();
        m.Map(Machine.Data);
        ref ulong leaf = ref m.Entry(Machine.Data, 1);
        ref ulong upper = ref m.Entry(Machine.Data, 3);
        ulong leafFrame = leaf & ~0xFFFUL, upperFrame = upper & ~0xFFFUL;
        for (int choice = 0; choice < 1 << 11; choice++)
        {
            ulong Flags(int at) => (uint)choice >> at & 7ul | ((choice >> (at + 3) & 1) != 0 ? Machine.NoExecute : 0);
            leaf = leafFrame | Flags(0);
            upper = upperFrame | Flags(4);
            m.Cpu.Cpl = (choice >> 8 & 1) != 0 ? 3 : 0;
            m.Cpu.Cr0 = (choice >> 9 & 1) != 0 ? 0x8001_0033u : 0x8000_0033u;
            m.Cpu.Efer = (choice >> 10 & 1) != 0 ? 0xD01u : 0x501u;
            foreach (AccessKind access in Enum.GetValues<AccessKind>())
            {
                uint? expected = Expected(m.Cpu, Flags(4), Flags(0), access);
                bool allowed = m.Cpu.TryTranslate(Machine.Data + 5, access, out ulong address, out uint error);
                Assert.Equal(expected is null, allowed);
                Assert.Equal(expected ?? 0, error);
                if (allowed) Assert.Equal(leafFrame + 5, address);
            }
        }
    }

    /// <summary>The rule in words: walk down, then judge the whole path.</summary>
    private static uint? Expected(Processor cpu, ulong upper, ulong leaf, AccessKind access)
    {
        bool user = cpu.Cpl == 3, nxe = (cpu.Efer & 0x800) != 0;
        uint error = (access == AccessKind.Write ? 2u : 0) | (user ? 4u : 0) | (access == AccessKind.Execute && nxe ? 16u : 0);
        foreach (ulong entry in (ulong[])[upper, leaf])
        {
            if ((entry & 1) == 0) return error;
            if (!nxe && entry >> 63 != 0) return error | 8 | 1;
        }

        ulong both = upper & leaf;
        if (user && (both & Machine.User) == 0) return error | 1;
        bool protectedFromSupervisor = (cpu.Cr0 & 0x10000) != 0;
        if (access == AccessKind.Write && (both & Machine.Write) == 0 && (user || protectedFromSupervisor)) return error | 1;
        if (access == AccessKind.Execute && (upper | leaf) >> 63 != 0) return error | 1;
        return null;
    }

    [Theory]
    [InlineData(4, Machine.Large)]
    [InlineData(4, 1UL << 51)]
    [InlineData(3, 1UL << 45)]
    [InlineData(2, 1UL << 40)]
    [InlineData(1, 1UL << 36)]
    [InlineData(2, Machine.Large | 1UL << 13)]
    [InlineData(3, Machine.Large | 1UL << 29)]
    public void Reserved_bits_fault_at_every_level(int level, ulong bit)
    {
        using Machine m = Machine.With(a => a.mov(rax, __qword_ptr[rbx]));
        m.Cpu[Gpr.Rbx] = Machine.Data;
        m.Entry(Machine.Data, level) |= bit;
        m.Cpu.FlushTlb();
        // Code and data share their upper tables, so the fault may come with the fetch.
        CpuExit exit = m.Cpu.Run(1);
        Assert.Equal((ExitReason.Exception, (byte)14), (exit.Reason, exit.Vector));
        Assert.Equal(1u | 4 | 8, exit.ErrorCode & ~16u);
    }

    [Fact]
    public void Accessed_and_dirty_are_set_by_the_access_that_needs_them()
    {
        using Machine m = Machine.With(a =>
        {
            a.mov(rax, __qword_ptr[rbx]);
            a.mov(__qword_ptr[rbx], rax);
        });
        m.Cpu[Gpr.Rbx] = Machine.Data;
        Assert.Equal(0UL, m.Entry(Machine.Data, 1) & (Machine.Accessed | Machine.Dirty));
        m.Cpu.Run(1);
        Assert.Equal(Machine.Accessed, m.Entry(Machine.Data, 1) & (Machine.Accessed | Machine.Dirty));
        Assert.Equal(Machine.Accessed, m.Entry(Machine.Data, 4) & Machine.Accessed);
        m.Cpu.Run(1);
        Assert.Equal(Machine.Accessed | Machine.Dirty, m.Entry(Machine.Data, 1) & (Machine.Accessed | Machine.Dirty));
        ulong mfn = m.MfnOf(Machine.Data);
        Assert.Equal([(Machine.Data, mfn, false), (Machine.Data, mfn, true)], m.Fills.Where(f => f.Linear == Machine.Data));
        Assert.True(m.Cpu.IsCached(mfn, writable: true));
    }

    [Fact]
    public void A_read_only_page_keeps_its_dirty_bit_clear_and_faults()
    {
        using Machine m = Machine.With(a => a.add(__qword_ptr[rbx], rax));
        m.Entry(Machine.Data, 1) &= ~Machine.Write;
        m.Cpu[Gpr.Rbx] = Machine.Data + 8;
        CpuExit exit = m.Cpu.Run(1);
        Assert.Equal(new CpuExit(ExitReason.Exception, 14, 7, Machine.Data + 8), exit);
        Assert.Equal(Machine.Data + 8, m.Cpu.Cr2);
        Assert.Equal(0UL, m.Entry(Machine.Data, 1) & Machine.Dirty);
        Assert.Equal(0UL, m.Cpu.Retired);
    }

    [Fact]
    public void A_large_page_is_walked_and_cut_into_small_ones()
    {
        using Machine m = new(frames: 2048);
        m.WithPages(Machine.Assemble(a => a.mov(__qword_ptr[rbx], rax)));
        m.Entry(0x4000_0000, 2) = 512UL << 12 | Machine.Large | Machine.Present | Machine.Write | Machine.User;
        m.Cpu[Gpr.Rbx] = 0x4000_0000 + 0x7008;
        m.Cpu[Gpr.Rax] = 42;
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(1).Reason);
        Assert.Equal(42UL, m.Memory.Entries(512 + 7)[1]);
        Assert.NotEqual(0UL, m.Entry(0x4000_0000, 2) & Machine.Dirty);
        m.Cpu.FlushPage(0x4000_0000);
        Assert.False(m.Cpu.IsCached(512 + 7, writable: false));
    }

    [Fact]
    public void A_translation_lives_until_it_is_flushed()
    {
        using Machine m = Machine.With(a =>
        {
            a.mov(rax, __qword_ptr[rbx]);
            a.mov(rax, __qword_ptr[rbx]);
        });
        m.Cpu[Gpr.Rbx] = Machine.Data;
        ulong mfn = m.MfnOf(Machine.Data);
        m.Cpu.Run(1);
        m.Entry(Machine.Data, 1) = 0;
        Assert.True(m.Cpu.IsCached(mfn, writable: false));
        Assert.Contains(m.Cpu.CachedTranslations(), t => t.Linear == Machine.Data && t.Mfn == mfn);
        m.Cpu.FlushPage(Machine.Data);
        Assert.False(m.Cpu.IsCached(mfn, writable: false));
        Assert.Equal(14, m.Cpu.Run(1).Vector);
    }

    /// <summary>The user's translations and the supervisor's live side by side: neither is made again, and neither grants what it may not.</summary>
    [Fact]
    public void A_change_of_privilege_keeps_translations_and_rights_apart()
    {
        using Machine m = Machine.With(a =>
        {
            for (int i = 0; i < 8; i++) a.mov(__qword_ptr[rbx], rax);
        });
        m.Cpu[Gpr.Rbx] = Machine.Data;
        ref ulong leaf = ref m.Entry(Machine.Data, 1);
        Assert.Equal(ExitReason.Budget, Store(m, cpl: 3).Reason);
        leaf &= ~Machine.User;
        Assert.Equal(ExitReason.Budget, Store(m, cpl: 1).Reason);
        int fills = m.Fills.Count;
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal(ExitReason.Budget, Store(m, cpl: 3).Reason);
            Assert.Equal(ExitReason.Budget, Store(m, cpl: 1).Reason);
        }

        Assert.Equal(fills, m.Fills.Count);
        m.Cpu.FlushPage(Machine.Data);
        Assert.Equal(1 | 2 | 4u, Store(m, cpl: 3).ErrorCode);
        Assert.Equal(ExitReason.Budget, Store(m, cpl: 1).Reason);
    }

    /// <summary>A page that only a supervisor without WP may write: a flush and a change of CR0 reach both sets of translations.</summary>
    [Fact]
    public void What_is_flushed_is_flushed_for_both_privileges()
    {
        using Machine m = Machine.With(a =>
        {
            for (int i = 0; i < 8; i++) a.mov(__qword_ptr[rbx], rax);
        });
        m.Cpu[Gpr.Rbx] = Machine.Data;
        ulong mfn = m.MfnOf(Machine.Data);
        m.Entry(Machine.Data, 1) &= ~Machine.Write;
        m.Cpu.Cr0 = 0x8000_0033;
        Assert.Equal(ExitReason.Budget, Store(m, cpl: 0).Reason);
        Assert.Equal(1 | 2 | 4u, Store(m, cpl: 3).ErrorCode);
        Assert.True(m.Cpu.IsCached(mfn, writable: true));
        m.Cpu.Cr0 = 0x8001_0033;
        Assert.Empty(m.Cpu.CachedTranslations());
        Assert.Equal(1 | 2u, Store(m, cpl: 0).ErrorCode);
        Assert.False(m.Cpu.IsCached(mfn, writable: true));
    }

    /// <summary>Code that was decoded after a supervisor cached its page sees the supervisor's stores to it, from whichever privilege it was decoded.</summary>
    [Fact]
    public void Code_is_watched_through_translations_of_the_other_privilege()
    {
        using Machine m = Machine.With(a => a.mov(__qword_ptr[rbx], rax));
        m.Map(Machine.Data + 0x1000);
        m.Cpu[Gpr.Rbx] = Machine.Data + 0x1000;
        m.Cpu[Gpr.Rax] = 0x9090_9090_9090_FFB0; // mov al, -1
        Assert.Equal(ExitReason.Budget, Store(m, cpl: 1).Reason);
        Assert.Equal(0xFFUL, Run(m, Machine.Data + 0x1000) & 0xFF);
        m.Cpu[Gpr.Rax] = 0x9090_9090_9090_11B0; // mov al, 17
        m.Cpu.Rip = Machine.Code;
        Assert.Equal(ExitReason.Budget, Store(m, cpl: 1).Reason);
        Assert.Equal(0x11UL, Run(m, Machine.Data + 0x1000) & 0xFF);
    }

    private static CpuExit Store(Machine m, int cpl)
    {
        m.Cpu.Cpl = cpl;
        return m.Cpu.Run(1);
    }

    private static ulong Run(Machine m, ulong at)
    {
        m.Cpu.Cpl = 3;
        m.Cpu.Rip = at;
        Assert.Equal(ExitReason.Budget, m.Cpu.Run(1).Reason);
        return m.Cpu[Gpr.Rax];
    }

    [Fact]
    public void Addresses_that_are_not_canonical_are_general_protection_and_stack_faults()
    {
        using Machine m = Machine.With(a => a.mov(rax, __qword_ptr[rbx]));
        m.Cpu[Gpr.Rbx] = 1UL << 47;
        Assert.Equal(new CpuExit(ExitReason.Exception, 13), m.Cpu.Run(1));

        using Machine stack = Machine.With(a => a.mov(rax, __qword_ptr[rsp]));
        stack.Cpu[Gpr.Rsp] = 0xFFFF_0000_0000_0000;
        Assert.Equal(new CpuExit(ExitReason.Exception, 12), stack.Cpu.Run(1));

        using Machine push = Machine.With(a => a.push(rax));
        push.Cpu[Gpr.Rsp] = 0xFFFF_0000_0000_0000;
        Assert.Equal(new CpuExit(ExitReason.Exception, 12), push.Cpu.Run(1));

        foreach (int bit in (int[])[47, 50, 63])
        {
            using Machine fetch = new();
            fetch.Cpu.Rip = 1UL << bit;
            Assert.Equal(new CpuExit(ExitReason.Exception, 13), fetch.Cpu.Run(10));
        }
    }

    [Fact]
    public void A_fetch_faults_with_the_instruction_bit()
    {
        using Machine m = Machine.With(a => a.nop());
        m.Entry(Machine.Code, 1) |= Machine.NoExecute;
        Assert.Equal(new CpuExit(ExitReason.Exception, 14, 1 | 4 | 16, Machine.Code), m.Cpu.Run(1));
        m.Entry(Machine.Code, 1) = 0;
        Assert.Equal(new CpuExit(ExitReason.Exception, 14, 4 | 16, Machine.Code), m.Cpu.Run(1));
    }
}
