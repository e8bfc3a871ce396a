using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>What control registers do to x87 and SSE instructions: SDM Vol. 3A, 2.5 and 13.1. The host cannot be asked this.</summary>
public class FpuAvailabilityTests
{
    private const ulong Rip = 0x1000_0100;
    private const ulong MonitorCoprocessor = 1 << 1;
    private const ulong Emulation = 1 << 2;
    private const ulong TaskSwitched = 1 << 3;
    private const ulong OsFxsr = 1 << 9;
    private const ulong OsXmmException = 1 << 10;
    private const int InvalidOpcode = 6;
    private const int DeviceNotAvailable = 7;

    private static readonly byte[] _pxor = [0x66, 0x0f, 0xef, 0xc0];
    private static readonly byte[] _ucomisd = [0x66, 0x0f, 0x2e, 0xc1];
    private static readonly byte[] _movnti = [0x0f, 0xc3, 0x02];
    private static readonly byte[] _ldmxcsr = [0x0f, 0xae, 0x12];
    private static readonly byte[] _fxsave64 = [0x48, 0x0f, 0xae, 0x02];
    private static readonly byte[] _fninit = [0xdb, 0xe3];
    private static readonly byte[] _emms = [0x0f, 0x77];
    private static readonly byte[] _divps = [0x0f, 0x5e, 0xc0];
    private static readonly byte[] _fwait = [0x9b];

    [Fact]
    public void Task_switched_makes_them_unavailable()
    {
        foreach (byte[] code in (byte[][])[_pxor, _ucomisd, _ldmxcsr, _fxsave64, _fninit, _emms])
            Assert.Equal(DeviceNotAvailable, Vector(code, cr0 => cr0 | TaskSwitched));
    }

    [Fact]
    public void Emulation_makes_vectors_invalid_and_x87_unavailable()
    {
        foreach (byte[] code in (byte[][])[_pxor, _ucomisd, _ldmxcsr, _emms])
            Assert.Equal(InvalidOpcode, Vector(code, cr0 => cr0 | Emulation | TaskSwitched));
        foreach (byte[] code in (byte[][])[_fxsave64, _fninit])
            Assert.Equal(DeviceNotAvailable, Vector(code, cr0 => cr0 | Emulation));
    }

    [Fact]
    public void Without_OSFXSR_vectors_are_invalid_and_FXSAVE_is_not()
    {
        foreach (byte[] code in (byte[][])[_pxor, _ucomisd, _ldmxcsr])
            Assert.Equal(InvalidOpcode, Vector(code, cr0 => cr0, cr4 => cr4 & ~OsFxsr));
        Assert.Equal(-1, Vector(_fxsave64, cr0 => cr0, cr4 => cr4 & ~OsFxsr));
    }

    [Fact]
    public void FWAIT_heeds_task_switched_only_together_with_MP()
    {
        Assert.Equal(DeviceNotAvailable, Vector(_fwait, cr0 => cr0 | TaskSwitched | MonitorCoprocessor));
        Assert.Equal(-1, Vector(_fwait, cr0 => (cr0 | TaskSwitched) & ~MonitorCoprocessor));
    }

    [Fact]
    public void Without_OSXMMEXCPT_an_unmasked_exception_is_invalid_and_its_flag_sticks()
    {
        using var engine = new EngineProcessor();
        _divps.CopyTo(engine.Image[OracleMemory.ImageOffset(Rip)..]);
        var state = new UserState { Rip = Rip, Rflags = 0x202 };
        state.Mxcsr = 0x1f00;
        engine.Cpu.Cr4 &= ~OsXmmException;

        Assert.Equal(InvalidOpcode, engine.Step(state, simd: true).Vector);
        Assert.Equal(0x1f01u, state.Mxcsr);
    }

    [Fact]
    public void MOVNTI_needs_no_vector_state() => Assert.Equal(-1, Vector(_movnti, cr0 => cr0 | TaskSwitched));

    private static int Vector(byte[] code, Func<ulong, ulong> cr0, Func<ulong, ulong>? cr4 = null)
    {
        using var engine = new EngineProcessor();
        code.CopyTo(engine.Image[OracleMemory.ImageOffset(Rip)..]);
        var state = new UserState { Rip = Rip, Rflags = 0x202 };
        state[Gpr.Rdx] = OracleMemory.Data.Linear;
        state.Mxcsr = 0x1f80;
        engine.Cpu.Cr0 = cr0(engine.Cpu.Cr0);
        if (cr4 is not null) engine.Cpu.Cr4 = cr4(engine.Cpu.Cr4);
        return engine.Step(state, simd: true).Vector;
    }
}
