using Implementation.Cpu;
using Implementation.Hypervisor;
using static Implementation.Tests.Calls.SmallDomain;

namespace Implementation.Tests.Calls;

/// <summary>What processors cached before a frame became a table, and stores to tables that fault.</summary>
public class Translations
{
    private const int Free = 950;

    // mov %rax,(%rdi); hlt
    private static readonly byte[] Store = [0x48, 0x89, 0x07, 0xf4];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_frame_becomes_a_table_only_after_a_flush(bool isSkipped)
    {
        using SmallDomain d = new(isSkipped ? xen => new WithoutFlush(xen) : null);
        ulong frame = d.Mfn(Free);
        d.V.Cpu[Gpr.Rax] = 0;
        d.Execute(Address(Free), Store);
        Assert.True(d.V.Cpu.IsCached(frame, writable: true));

        Assert.Equal(0, d.UpdateVa(Address(Free), 0)); // no flush asked for
        Assert.True(d.V.Cpu.IsCached(frame, writable: true));
        Assert.Equal(0, d.MmuExt(0, frame));
        Assert.Equal(isSkipped, d.V.Cpu.IsCached(frame, writable: true)); // XSA-401 re-made
    }

    [Fact]
    public void A_frame_given_back_is_reachable_no_more()
    {
        using SmallDomain d = new();
        d.Execute(Address(Free), Store);
        Assert.Equal(0, d.UpdateVa(Address(Free), 0));
        Assert.True(d.V.Cpu.IsCached(d.Mfn(Free), writable: true));
        Assert.Equal(1, d.Memory(1, 0x3020, 1, 0, Self, d.Mfn(Free)));
        Assert.False(d.V.Cpu.IsCached(d.Mfn(Free), writable: false));
    }

    public static TheoryData<string, byte[], ulong> Stores => new()
    {
        { "mov %rax,(%rdi)", [0x48, 0x89, 0x07], 0 },
        { "xchg %rax,(%rdi)", [0x48, 0x87, 0x07], 0 },
        { "lock btrl $1,(%rdi)", [0xf0, 0x0f, 0xba, 0x37, 0x01], 1 },
        { "andb $0xfd,(%rdi)", [0x80, 0x27, 0xfd], 1 },
    };

    /// <param name="what">the instruction</param>
    /// <param name="code">its bytes</param>
    /// <param name="keeps">1: it clears RW and leaves the rest; 0: it stores RAX</param>
    [Theory]
    [MemberData(nameof(Stores))]
    public void A_store_to_a_leaf_table_is_audited_and_happens(string what, byte[] code, ulong keeps)
    {
        using SmallDomain d = new();
        (ulong table, ulong data) = MakeTable(d);
        ulong entry = keeps != 0 ? Pte.Make(data, Ro | Pte.Global) : Pte.Make(d.Mfn(Free + 2), Ro | Pte.Global);
        d.V.Cpu[Gpr.Rax] = entry;

        CpuExit fault = d.Execute(Address(Free), [.. code, 0xf4]);
        Assert.Equal((ExitReason.Exception, (byte)14, 0x1800UL), (fault.Reason, fault.Vector, d.V.Cpu.Rip));
        Assert.True(WritablePageTables.TryEmulate(d.Xen, d.V, fault), what);
        Assert.Equal(0x1800UL + (ulong)code.Length, d.V.Cpu.Rip);
        Assert.Equal(entry, d.Xen.Memory.Entries(table)[0]);
        Assert.Equal(0U, d.Xen.Frames[data].TypeCount);
        if (code[1] == 0x87) Assert.Equal(Pte.Make(data, Rw | Pte.Global), d.V.Cpu[Gpr.Rax]);
    }

    [Theory]
    [InlineData(new byte[] { 0x48, 0x89, 0x07 }, 0UL)] // an entry that would map the table itself writable
    [InlineData(new byte[] { 0x48, 0x87, 0x07 }, 0UL)]
    [InlineData(new byte[] { 0x48, 0x89, 0x07 }, 4UL)] // across two entries
    public void A_bad_store_is_a_page_fault_and_changes_nothing(byte[] code, ulong offset)
    {
        using SmallDomain d = new();
        (ulong table, ulong data) = MakeTable(d);
        ulong bad = Pte.Make(table, Rw), before = d.Xen.Memory.Entries(table)[0];
        d.V.Cpu[Gpr.Rax] = bad;

        CpuExit fault = d.Execute(Address(Free) + offset, [.. code, 0xf4]);
        Assert.False(WritablePageTables.TryEmulate(d.Xen, d.V, fault));
        Assert.Equal((0x1800UL, bad), (d.V.Cpu.Rip, d.V.Cpu[Gpr.Rax]));
        Assert.Equal((before, 0UL), (d.Xen.Memory.Entries(table)[0], d.Xen.Memory.Entries(table)[1]));
        Assert.Equal(1U, d.Xen.Frames[data].TypeCount);
    }

    [Fact]
    public void Only_kernel_stores_to_read_only_leaf_tables_are_emulated_and_only_when_asked_for()
    {
        using SmallDomain d = new();
        MakeTable(d);
        d.V.Cpu[Gpr.Rax] = 0;
        CpuExit fault = d.Execute(Address(Free), [.. Store]);

        d.V.InKernelMode = false;
        Assert.False(WritablePageTables.TryEmulate(d.Xen, d.V, fault));
        d.V.InKernelMode = true;
        d.Domain.Assists = VmAssist.None;
        Assert.False(WritablePageTables.TryEmulate(d.Xen, d.V, fault));
        d.Domain.Assists = VmAssist.WritablePageTables;
        Assert.False(WritablePageTables.TryEmulate(d.Xen, d.V, fault with { ErrorCode = fault.ErrorCode & ~2U }));
        Assert.False(WritablePageTables.TryEmulate(d.Xen, d.V, fault with { Address = Layout.XenStart }));
        Assert.False(WritablePageTables.TryEmulate(d.Xen, d.V, fault with { Address = Address(Free + 3) }));
        Assert.True(WritablePageTables.TryEmulate(d.Xen, d.V, fault));
    }

    /// <summary>Pins frame <see cref="Free"/> as an L1, mapped read-only, whose slot 0 maps the next frame writable.</summary>
    private static (ulong Table, ulong Data) MakeTable(SmallDomain d)
    {
        (ulong table, ulong data) = (d.Mfn(Free), d.Mfn(Free + 1));
        d.Domain.Assists = VmAssist.WritablePageTables;
        Assert.Equal(0, d.UpdateVa(Address(Free + 1), 0));
        d.Xen.Memory.Entries(table)[0] = Pte.Make(data, Rw);
        Assert.Equal(0, d.UpdateVa(Address(Free), Pte.Make(table, Ro)));
        Assert.Equal(0, d.MmuExt(0, table));
        return (table, data);
    }

    private sealed class WithoutFlush(Xen xen) : PageTables(xen)
    {
        protected internal override void FlushBeforeRetype(ulong mfn, PageType from, PageType to)
        {
        }
    }
}
