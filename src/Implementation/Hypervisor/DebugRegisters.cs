namespace Implementation.Hypervisor;

/// <summary>The guest's debug registers, and those of its processor: the breakpoints of instructions and data are armed.</summary>
/// <remarks>Facts: set_debugreg and do_get_debugreg in xen/arch/x86/pv/misc-hypercalls.c. Breakpoints of I/O ports, which Xen looks for itself, are kept and never met.</remarks>
internal static class DebugRegisters
{
    private const ulong Breakpoints = 4, ControlRegister = 7;
    private const ulong StatusOnes = 0xffff_0ff0, StatusZeros = 0xffff_ffff_0000_1000;
    private const ulong ControlOnes = 0x400, ControlZeros = 0xffff_ffff_0000_d800, GeneralDetect = 1 << 13, Enables = 0xff;

    /// <param name="register">0..7; untrusted</param>
    /// <param name="value">untrusted</param>
    /// <returns>0; -EINVAL: no such register; -EPERM: an address or a mode that a guest may not watch</returns>
    public static long Write(Vcpu vcpu, ulong register, ulong value)
    {
        if (!TryResolve(vcpu, ref register)) return -Errno.EINVAL;

        switch (register)
        {
            case < Breakpoints when !Layout.IsGuests(value):
                return -Errno.EPERM;
            case 6:
                value = (value | StatusOnes) & ~StatusZeros;
                break;
            case ControlRegister when !IsAllowed(vcpu, value):
                return -Errno.EPERM;
            case ControlRegister:
                value = (value | ControlOnes) & ~ControlZeros;
                break;
        }

        vcpu.Control.Debug[register] = value;
        if (register < Breakpoints) vcpu.Cpu.SetBreakpoint((int)register, value);
        else if (register == ControlRegister) vcpu.Cpu.DebugControl = value;
        return 0;
    }

    public static bool TryRead(Vcpu vcpu, ulong register, out ulong value)
    {
        bool isKnown = TryResolve(vcpu, ref register);
        value = isKnown ? vcpu.Control.Debug[register] : 0;
        return isKnown;
    }

    /// <summary>DR4 and DR5 are old names of DR6 and DR7 unless CR4.DE is set (SDM Vol. 3B, 18.2.2).</summary>
    private static bool TryResolve(Vcpu vcpu, ref ulong register)
    {
        if (register > 7) return false;
        if (register is 4 or 5)
        {
            if (vcpu.Control.HasDebuggingExtensions) return false;
            register += 2;
        }

        return true;
    }

    private static bool IsAllowed(Vcpu vcpu, ulong control)
    {
        if ((control & GeneralDetect) != 0) return false;
        if ((control & Enables) == 0 || vcpu.Control.HasDebuggingExtensions) return true;

        // Watching I/O ports is a mode of breakpoint that needs CR4.DE.
        const int IoMode = 2, FirstModeBit = 16, BitsPerBreakpoint = 4;
        for (int i = 0; i < (int)Breakpoints; i++)
        {
            if ((control >> (FirstModeBit + i * BitsPerBreakpoint) & 3) == IoMode) return false;
        }

        return true;
    }
}
