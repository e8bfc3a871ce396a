using Implementation.Cpu;
using Implementation.Hypervisor;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Guests;

/// <summary>INS and OUTS of a kernel with I/O privilege.</summary>
public class PortStringTests
{
    [Fact]
    public void A_repeated_input_fills_memory_upwards_and_ends_with_its_count()
    {
        using TestGuest guest = new(asm =>
        {
            Prepare(asm);
            asm.mov(rdi, TestGuest.Data + 8);
            asm.mov(ecx, 5);
            asm.mov(edx, 0x60);
            asm.rep.insb();
            asm.mov(ecx, 1);
            asm.mov(edx, 0xcf8);
            asm.std();
            asm.rep.insd();
            asm.Save(rdi, 0x20);
            asm.Save(rcx, 0x28);
            asm.PowerOff();
        });
        guest.Domain.PciAddress = 0x8000_1234;

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(0x12_34ff_ffff_ffffu, guest.Word(TestGuest.Data + 8) & 0xff_ffff_ffff_ffff);
        Assert.Equal((TestGuest.Data + 9, 0ul), (guest.Word(TestGuest.Data + 0x20), guest.Word(TestGuest.Data + 0x28)));
    }

    [Fact]
    public void Without_a_count_no_privilege_is_needed()
    {
        using TestGuest guest = new(asm =>
        {
            asm.xor(ecx, ecx);
            asm.rep.outsd();
            asm.Store(TestGuest.Data, 1);
            asm.PowerOff();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(1u, guest.Word(TestGuest.Data));
    }

    [Theory]
    [InlineData(true, 2)] // a write
    [InlineData(false, 0)]
    public void Memory_that_is_not_there_is_a_page_fault_at_the_instruction_with_nothing_moved(bool isInput, ulong error)
    {
        using TestGuest guest = new(asm =>
        {
            Iced.Intel.Label handler = asm.CreateLabel();
            Prepare(asm);
            asm.SetTrap(TrapEntry.PageFault, handler);
            asm.mov(rdi, 0x7f00_0000_0ffe);
            asm.mov(rsi, rdi);
            asm.mov(ecx, 2);
            asm.mov(edx, 0xcf8);
            if (isInput) asm.rep.insd();
            else asm.rep.outsd();
            asm.Label(ref handler);
            asm.Save(rcx, 0);
            asm.Save(isInput ? rdi : rsi, 8);
            asm.mov(rax, __[rsp + 16]);
            asm.Save(rax, 16);
            asm.PowerOff();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((2ul, 0x7f00_0000_0ffeul, error), (guest.Word(TestGuest.Data), guest.Word(TestGuest.Data + 8), guest.Word(TestGuest.Data + 16)));
        Assert.Equal(0x7f00_0000_0ffeul, guest.Vcpu.Control.Cr2);
    }

    [Fact]
    public void A_segment_that_cannot_be_written_is_refused_to_a_32_bit_kernel()
    {
        using TestGuest guest = new(asm =>
        {
            asm.Hypercall32(33, 6, (uint)TestGuest.Data + 0x200);
            asm.mov(edi, (uint)TestGuest.Data);
            asm.mov(ax, cs);
            asm.mov(es, ax);
            asm.insb();
        }, kind: DomainKind.Pv32Pae);
        guest.SetWord(TestGuest.Data + 0x200, 1);

        Assert.Equal(StopReason.Crash, guest.Run().Reason);
        Assert.Contains("#GP", guest.Domain.CrashReason, StringComparison.Ordinal);
        Assert.Equal(1, guest.Vcpu.Iopl);
        Assert.Equal((ulong)Layout.FlatCode32, guest.Vcpu.Cpu.GetSelector(SegmentRegister.Es));
    }

    private static void Prepare(Iced.Intel.Assembler asm)
    {
        asm.Store(TestGuest.Data + 0x200, 1);
        asm.Hypercall(33, 6, TestGuest.Data + 0x200);
        asm.cld();
    }
}
