using Iced.Intel;
using Implementation.Hypervisor;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Guests;

/// <summary>Guests that bring up a second vCPU.</summary>
public class SmpTests
{
    private const long EFAULT = -14, ENOENT = -2, EEXIST = -17, EINVAL = -22, EOPNOTSUPP = -95;

    [Fact]
    public void A_second_vcpu_runs_takes_an_interrupt_of_the_first_and_answers()
    {
        const ulong answered = TestGuest.Data, port = TestGuest.Data + 0x100;
        using TestGuest guest = new(
            asm =>
            {
                asm.Hypercall(32, 4, port); // send
                Label wait = asm.CreateLabel();
                asm.Label(ref wait);
                asm.Hypercall(29, 0); // yield
                asm.mov(rax, __[answered]);
                asm.test(rax, rax);
                asm.jz(wait);
                asm.PowerOff();
            },
            vcpus: 2);
        ulong handler = PutSecondProgram(guest, answered);
        guest.SetWord(port, (ulong)guest.Domain.Events.BindIpi(1));
        SecondVcpu second = new SecondVcpu(guest).Lawful().Set(SecondVcpu.Event, handler).Set(SecondVcpu.Failsafe, handler).Set(SecondVcpu.R12, 0x1234).Set(SecondVcpu.FsBase, 0x1234000);
        Assert.Equal(0, second.Initialise());
        Assert.Equal(0, second.Up());

        RunResult result = guest.Run();

        Assert.True(result.Reason == StopReason.Shutdown, $"{result}");
        Assert.Equal(0x1234u, guest.Word(answered)); // what the second one has in R12
        Assert.Equal(0x1234000u, second.Vcpu.Cpu.FsBase);
        Assert.Null(guest.Domain.CrashReason);
    }

    [Fact]
    public void It_is_down_until_it_has_a_state_and_is_brought_up()
    {
        using TestGuest guest = new(vcpus: 2);
        SecondVcpu second = new SecondVcpu(guest).Lawful();
        Assert.Equal(EINVAL, second.Up());
        Assert.Equal(0, second.IsUp());
        Assert.Equal(0, second.Initialise());
        Assert.Equal(EEXIST, second.Initialise());
        Assert.Equal(0, second.IsUp());
        Assert.Equal(0, second.Up());
        Assert.Equal(1, second.IsUp());
        Assert.Equal(0, second.Up());
        Assert.Equal(0, second.Down());
        Assert.Equal(0, second.IsUp());
        Assert.False(guest.Domain.HasEnded);
        Assert.Equal(0, guest.Call(24, 2, 0)); // the last one up
        Assert.Equal(ShutdownReason.Poweroff, guest.Domain.ShutdownReason);
    }

    [Fact]
    public void Online_means_up_at_once()
    {
        using TestGuest guest = new(vcpus: 2);
        SecondVcpu second = new SecondVcpu(guest).Lawful().Set(SecondVcpu.Flags, (1 << 2) | (1 << 5));
        Assert.Equal(0, second.Initialise());
        Assert.Equal(1, second.IsUp());
        Assert.True(second.Vcpu.InKernelMode);
    }

    /// <summary>The processor refuses its code or stack at the first return, when it has a stack to be told of that on.</summary>
    [Theory]
    [InlineData(SecondVcpu.Cs, 0xe02bUL, 0xe028UL)]
    [InlineData(SecondVcpu.Ss, 0xe033UL, 0xe030UL)]
    public void A_segment_that_cannot_be_loaded_is_told_of_at_the_first_return(int field, ulong selector, ulong errorCode)
    {
        const ulong told = TestGuest.Data;
        const int firstTrap = 720, trapSize = 16, generalProtection = 13;
        using TestGuest guest = new(
            asm =>
            {
                Label wait = asm.CreateLabel();
                asm.Label(ref wait);
                asm.Hypercall(29, 0); // yield
                asm.jmp(wait);
            },
            vcpus: 2);
        Assembler handler = new(64);
        handler.mov(rax, __[rsp + 16]); // the error code
        handler.mov(__[told], rax);
        handler.PowerOff();
        using MemoryStream code = new();
        handler.Assemble(new StreamCodeWriter(code), SecondVcpu.Code);
        Assert.True(guest.Vcpu.TryWrite(SecondVcpu.Code, code.ToArray()));
        SecondVcpu second = new SecondVcpu(guest).Lawful().Set(field, selector).Set(firstTrap + (generalProtection * trapSize) + 8, SecondVcpu.Code);
        Assert.Equal(0, second.Initialise());
        Assert.Equal(0, second.Up());

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(errorCode, guest.Word(told));
    }

    [Fact]
    public void Who_has_run_or_does_not_exist_is_given_no_state()
    {
        using TestGuest guest = new(vcpus: 2);
        SecondVcpu second = new SecondVcpu(guest).Lawful();
        Assert.Equal(EEXIST, second.Initialise(0));
        Assert.Equal(ENOENT, second.Initialise(2));
        Assert.Equal(ENOENT, second.Initialise(ulong.MaxValue));
        Assert.Equal(EFAULT, guest.Call(24, 0, 1, 0xdead_0000_0000));
        Assert.Equal(EFAULT, guest.Call(24, 0, 1, ulong.MaxValue - 16));
    }

    [Theory]
    [InlineData(SecondVcpu.Rip, 0x8000_0000_0000UL, EINVAL)]
    [InlineData(SecondVcpu.FsBase, 0xffff_0000_0000_0000UL, EINVAL)]
    [InlineData(720 + (255 * 16) + 8, 0x8000_0000_0000UL, EINVAL)]
    [InlineData(SecondVcpu.LdtBase, 1UL, EINVAL)]
    [InlineData(SecondVcpu.LdtEntries, 8193UL, EINVAL)]
    [InlineData(SecondVcpu.LdtEntries, 16UL, EOPNOTSUPP)]
    [InlineData(SecondVcpu.GdtEntries, 7169UL, EINVAL)]
    [InlineData(SecondVcpu.GdtEntries, 1UL, EINVAL)] // frame 0 is Xen's
    [InlineData(SecondVcpu.Flags, 0UL, EINVAL)] // in user mode, and no user root
    [InlineData(SecondVcpu.Root, 0UL, EINVAL)]
    [InlineData(SecondVcpu.UserRoot, 0x1000UL, EINVAL)] // Xen's
    [InlineData(SecondVcpu.Root, ulong.MaxValue, EINVAL)]
    public void A_state_that_is_refused_leaves_nothing_behind(int field, ulong value, long answer)
    {
        using TestGuest guest = new(vcpus: 2);
        ulong root = guest.Vcpu.KernelRootMfn, descriptors = guest.FrameOf(0x80000);
        guest.SetWord(0x80000, 0);
        (uint roots, uint pages) = (guest.Xen.Frames[root].RefCount, guest.Xen.Frames[descriptors].TypeCount);
        SecondVcpu second = new SecondVcpu(guest).Lawful().Set(field, value);

        Assert.Equal(answer, second.Initialise());
        Assert.Equal((roots, pages), (guest.Xen.Frames[root].RefCount, guest.Xen.Frames[descriptors].TypeCount));
        Assert.Equal(0u, second.Vcpu.KernelRootMfn);
        Assert.Equal(0, new SecondVcpu(guest).Lawful().Initialise());
        Assert.Equal(roots + 1, guest.Xen.Frames[root].RefCount);
    }

    /// <summary>Blocks; on an event writes its R12 into the word that the first one waits for, and gives way from then on.</summary>
    /// <returns>the event handler's address</returns>
    private static ulong PutSecondProgram(TestGuest guest, ulong answered)
    {
        Assembler asm = new(64);
        Label handler = asm.CreateLabel(), sleep = asm.CreateLabel();
        asm.Label(ref sleep);
        asm.Hypercall(29, 1); // block
        asm.jmp(sleep);
        asm.Label(ref handler);
        asm.mov(__[answered], r12);
        Label rest = asm.CreateLabel();
        asm.Label(ref rest);
        asm.Hypercall(29, 0); // yield, with events masked
        asm.jmp(rest);
        using MemoryStream code = new();
        AssemblerResult assembled = asm.Assemble(new StreamCodeWriter(code), SecondVcpu.Code, BlockEncoderOptions.ReturnNewInstructionOffsets);
        Assert.True(guest.Vcpu.TryWrite(SecondVcpu.Code, code.ToArray()));
        return assembled.GetLabelRIP(handler);
    }
}
