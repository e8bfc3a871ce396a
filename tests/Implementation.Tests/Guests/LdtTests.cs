using Iced.Intel;
using Implementation.Hypervisor;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Guests;

/// <summary>Local descriptor tables of both kinds of guests: pages held when they are used, and let go.</summary>
public class LdtTests
{
    private const ulong Table = 0x30000, ReadOnly = 1, ReadWrite = 3;
    private const int Frame = 0x400;

    /// <summary>Position 1 of an LDT, and one on its second page; selectors of level 3.</summary>
    private const ushort First = 0x0f, Second = 0x100f;

    /// <summary>A data segment of level 0 that begins at the data page, and an LDT descriptor, which no guest may have.</summary>
    private const ulong DataAt = (TestGuest.Data & 0xff_ffff) << 16 | 0x0040_9300_0000_0fff, Unlawful = 0x0000_8200_0000_0fff;

    [Theory]
    [InlineData(DomainKind.Pv64)]
    [InlineData(DomainKind.Pv32Pae)]
    public void A_selector_of_it_is_loaded_and_asked_about(DomainKind kind)
    {
        uint level = kind == DomainKind.Pv64 ? 3u : 1;
        using TestGuest guest = new(
            asm =>
            {
                asm.mov(eax, First & ~3u | level);
                asm.mov(fs, eax);
                asm.mov(ecx, __dword_ptr.fs[8]);
                Save(asm, kind, ecx, 0x10);
                asm.sldt(ecx);
                Save(asm, kind, ecx, 0x14);
                asm.lar(ecx, eax);
                Save(asm, kind, ecx, 0x18);
                asm.mov(eax, Second);
                asm.xor(ecx, ecx);
                asm.lar(ecx, eax); // beyond the limit
                Save(asm, kind, ecx, 0x1c);
                PowerOff(asm, kind);
            },
            kind: kind);
        ulong frame = Fill(guest, Table, DataAt);
        guest.SetWord(TestGuest.Data + 8, 0x1234_5678);
        Map(guest, Table, frame, ReadOnly);
        Assert.Equal(0, SetLdt(guest, Table, 512));
        Assert.Equal(0u, TypeCount(guest, frame));

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((0x1234_5678u, 0xe050u), (guest.Half(TestGuest.Data + 0x10), guest.Half(TestGuest.Data + 0x14) & 0xffff));
        Assert.Equal((0x0040_9300u | level << 13, 0u), (guest.Half(TestGuest.Data + 0x18), guest.Half(TestGuest.Data + 0x1c)));
        Assert.Equal((PageType.SegDesc, 1u), (guest.Xen.Frames[frame].Type, TypeCount(guest, frame)));
    }

    [Theory]
    [InlineData(DomainKind.Pv64, true)]
    [InlineData(DomainKind.Pv64, false)]
    [InlineData(DomainKind.Pv32Pae, true)]
    [InlineData(DomainKind.Pv32Pae, false)]
    public void A_page_that_cannot_be_had_is_a_page_fault_where_the_guest_has_the_descriptor(DomainKind kind, bool isLoad)
    {
        using TestGuest guest = new(
            asm =>
            {
                Label handler = asm.CreateLabel();
                SetTrap(asm, kind, TrapEntry.PageFault, handler);
                asm.mov(eax, Second);
                asm.mov(ecx, 0x55);
                if (isLoad) asm.mov(fs, eax);
                else asm.lar(ecx, eax);
                asm.Label(ref handler);
                if (kind == DomainKind.Pv64) asm.SaveFrame(Frame, 4);
                else asm.SaveFrame32(Frame, 2);
                PowerOff(asm, kind);
            },
            kind: kind);
        Map(guest, Table, guest.FrameOf(Table), ReadOnly); // The page behind it is writable.
        Assert.Equal(0, SetLdt(guest, Table, 1024));

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(0u, guest.Half(TestGuest.Data + Frame + (kind == DomainKind.Pv64 ? 16UL : 0)));
        Assert.Equal(Table + 0x1008, guest.Vcpu.Control.Cr2);
    }

    [Theory]
    [InlineData(DomainKind.Pv64)]
    [InlineData(DomainKind.Pv32Pae)]
    public void A_page_is_held_until_the_table_the_mapping_or_the_root_changes(DomainKind kind)
    {
        using TestGuest guest = new(kind: kind);
        ulong frame = Fill(guest, Table, DataAt);
        Map(guest, Table, frame, ReadOnly);
        Use();

        Assert.Equal(0, SetLdt(guest, Table, 512));
        Assert.Equal(1u, TypeCount(guest, frame));
        Assert.Equal(0, SetLdt(guest, Table, 511));
        Assert.Equal(0u, TypeCount(guest, frame));

        Use();
        Map(guest, Table, frame, ReadOnly); // What stays as it is names the page as before.
        Assert.Equal(1u, TypeCount(guest, frame));
        Map(guest, Table, frame, 0);
        Assert.Equal(0u, TypeCount(guest, frame));

        Map(guest, Table, frame, ReadOnly);
        Use();
        Assert.Equal(0, Operation(guest, command: 5, guest.Vcpu.KernelRootMfn, 0));
        Assert.Equal(kind == DomainKind.Pv64 ? 1u : 0u, TypeCount(guest, frame));
        Assert.Equal(0, SetLdt(guest, 0, 0));
        Assert.Equal(0u, TypeCount(guest, frame));

        void Use()
        {
            Assert.Equal(0, SetLdt(guest, Table, 512));
            Assert.True(Descriptors.TryRead(guest.Vcpu, First, out ulong descriptor));
            Assert.Equal(DataAt | (kind == DomainKind.Pv64 ? 3UL : 1) << 45, descriptor);
            Assert.Equal(1u, TypeCount(guest, frame));
        }
    }

    [Fact]
    public void Another_root_lets_the_pages_go()
    {
        using TestGuest guest = new();
        ulong frame = Fill(guest, Table, DataAt), other = guest.FrameOf(0x32000);
        Map(guest, Table, frame, ReadOnly);
        Assert.Equal(0, SetLdt(guest, Table, 512));
        Assert.True(Descriptors.TryRead(guest.Vcpu, First, out _));
        guest.Xen.Memory.Entries(guest.Vcpu.KernelRootMfn).CopyTo(guest.Xen.Memory.Entries(other));
        Map(guest, 0x32000, other, ReadOnly);

        Assert.Equal(0, Operation(guest, command: 5, other, 0));
        Assert.Equal((other, 0u), (guest.Vcpu.KernelRootMfn, TypeCount(guest, frame)));
    }

    [Theory]
    [InlineData(DomainKind.Pv64)]
    [InlineData(DomainKind.Pv32Pae)]
    public void A_page_with_a_descriptor_that_no_guest_may_have_is_refused_and_one_is_written_by_hypercall(DomainKind kind)
    {
        using TestGuest guest = new(kind: kind);
        ulong frame = Fill(guest, Table, Unlawful), at = (frame << 12) + 8;
        Map(guest, Table, frame, ReadOnly);
        Assert.Equal(0, SetLdt(guest, Table, 512));
        Assert.False(Descriptors.TryRead(guest.Vcpu, First, out _));

        Map(guest, Table, frame, ReadWrite);
        guest.SetWord(Table + 8, DataAt);
        Map(guest, Table, frame, ReadOnly);
        Assert.True(Descriptors.TryRead(guest.Vcpu, First, out _));
        Assert.Equal(-Errno.EINVAL, Update(Unlawful));
        Assert.Equal(0, Update(DataAt & ~0xfffUL));
        Assert.True(Descriptors.TryRead(guest.Vcpu, First, out ulong descriptor));
        Assert.Equal(0UL, descriptor & 0xfff);

        long Update(ulong value) => kind == DomainKind.Pv64
            ? guest.Call(10, at, value)
            : guest.Call(10, (uint)at, at >> 32, (uint)value, value >> 32);
    }

    [Theory]
    [InlineData(0x30008, 1)]
    [InlineData(0x30000, 8193)]
    [InlineData(0xffff_8000_0000_0000, 1)]
    public void An_address_or_a_length_that_cannot_be_is_refused(ulong linear, ulong entries)
    {
        using TestGuest guest = new();

        Assert.Equal(-Errno.EINVAL, SetLdt(guest, linear, entries));
    }

    [Fact]
    public void A_32_bit_kernel_goes_through_a_gate_of_it()
    {
        const ulong slide = TestGuest.Code + 16;
        using TestGuest guest = new(
            asm =>
            {
                Label start = asm.CreateLabel();
                asm.jmp(start);
                for (int i = 0; i < 32; i++) asm.nop(); // The gate leads to somewhere here.
                asm.Store32(TestGuest.Data, 1);
                asm.PowerOff32();
                asm.Label(ref start);
                asm.call(First, 0u);
            },
            kind: DomainKind.Pv32Pae);
        ulong frame = Fill(guest, Table, (slide & 0xffff) | (ulong)Layout.FlatCode32 << 16 | 0xec00UL << 32 | (slide >> 16) << 48);
        Map(guest, Table, frame, ReadOnly);
        Assert.Equal(0, SetLdt(guest, Table, 2));

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(1u, guest.Half(TestGuest.Data));
    }

    /// <summary>Puts a descriptor at position 1 of the page.</summary>
    /// <returns>the frame</returns>
    private static ulong Fill(TestGuest guest, ulong linear, ulong descriptor)
    {
        guest.SetWord(linear + 8, descriptor);
        return guest.FrameOf(linear);
    }

    /// <summary>Maps a frame with these rights; 0: not at all.</summary>
    private static void Map(TestGuest guest, ulong linear, ulong frame, ulong rights)
    {
        ulong entry = rights == 0 ? 0 : frame << 12 | rights;
        Assert.Equal(0, guest.Domain.Is32Bit ? guest.Call(14, linear, (uint)entry, entry >> 32, 2) : guest.Call(14, linear, entry, 2));
    }

    private static long SetLdt(TestGuest guest, ulong linear, ulong entries) => Operation(guest, command: 13, linear, entries);

    private static long Operation(TestGuest guest, uint command, ulong first, ulong second)
    {
        ulong operation = guest.Domain.Is32Bit ? guest.PutNarrow(command, (uint)first, (uint)second) : guest.Put(command, first, second);
        return guest.Call(26, operation, 1, 0, 0x7ff0);
    }

    private static uint TypeCount(TestGuest guest, ulong frame) => (uint)guest.Xen.Frames[frame].TypeCount;

    private static void Save(Assembler asm, DomainKind kind, AssemblerRegister32 register, int offset)
    {
        if (kind == DomainKind.Pv32Pae) asm.Save32(register, (uint)offset);
        else asm.mov(__dword_ptr[TestGuest.Data + (ulong)offset], register);
    }

    private static void SetTrap(Assembler asm, DomainKind kind, byte vector, Label handler)
    {
        if (kind == DomainKind.Pv32Pae) asm.SetTrap32(vector, handler);
        else asm.SetTrap(vector, handler);
    }

    private static void PowerOff(Assembler asm, DomainKind kind)
    {
        if (kind == DomainKind.Pv32Pae) asm.PowerOff32();
        else asm.PowerOff();
    }
}
