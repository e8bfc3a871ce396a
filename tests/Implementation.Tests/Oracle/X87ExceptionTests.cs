using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>An unmasked x87 exception is pending until the next instruction that waits: SDM Vol. 1, 8.7.</summary>
public class X87ExceptionTests
{
    private const ulong Rip = 0x1000_0100;
    private const int Registers = 8;
    private const int FloatingPointError = 16;

    private static readonly byte[] _fldcw = [0xd9, 0x2a];
    private static readonly byte[] _fild = [0xdb, 0x42, 0x04];
    private static readonly byte[] _fnstsw = [0xdf, 0xe0];
    private static readonly byte[] _fwait = [0x9b];

    [Fact]
    public void An_unmasked_overflow_of_the_stack_is_raised_by_the_next_instruction_that_waits()
    {
        const ushort InvalidUnmasked = 0x37e;

        using var engine = new EngineProcessor();
        BitConverter.TryWriteBytes(engine.Image[OracleMemory.ImageOffset(OracleMemory.Data.Linear)..], InvalidUnmasked);
        byte[] code = [.. _fldcw, .. Enumerable.Repeat(_fild, Registers + 1).SelectMany(fild => fild), .. _fnstsw, .. _fwait];
        code.CopyTo(engine.Image[OracleMemory.ImageOffset(Rip)..]);
        var state = new UserState { Rip = Rip, Rflags = 0x202 };
        state[Gpr.Rdx] = OracleMemory.Data.Linear;
        (state.ControlWord, state.Mxcsr) = (0x37f, 0x1f80);

        Outcome[] outcomes = [.. Enumerable.Range(0, Registers + 4).Select(_ => engine.Step(state, simd: true))];

        Assert.All(outcomes[..^1], outcome => Assert.Equal(Outcome.Retired, outcome));
        Assert.Equal(FloatingPointError, outcomes[^1].Vector);
        Assert.Equal(Rip + (ulong)code.Length - 1, state.Rip);
    }
}
