namespace Implementation.Hypervisor;

/// <summary>The guest's debug registers. They are kept and read back; no breakpoint is armed by them.</summary>
/// <remarks>Facts: set_debugreg and do_get_debugreg in xen/arch/x86/traps.c.</remarks>
internal static class DebugRegisters
{
    private const ulong StatusOnes = 0xffff_0ff0, StatusZeros = 0xffff_ffff_0000_1000;
    private const ulong ControlOnes = 0x400, ControlZeros = 0xffff_ffff_0000_d800, GeneralDetect = 1 << 13;

    /// <param name="register">0..7; untrusted</param>
    /// <param name="value">untrusted</param>
    /// <returns>0; -EINVAL: no such register; -EPERM: an address or a mode that a guest may not watch</returns>
    public static long Write(Vcpu vcpu, ulong register, ulong value)
    {
        if (!TryResolve(vcpu, ref register)) return -Errno.EINVAL;

        switch (register)
        {
            case < 4 when !Layout.IsGuests(value):
                return -Errno.EPERM;
            case 6:
                value = (value | StatusOnes) & ~StatusZeros;
                break;
            case 7 when !IsAllowed(vcpu, value):
                return -Errno.EPERM;
            case 7:
                value = (value | ControlOnes) & ~ControlZeros;
                break;
        }

        vcpu.Control.Debug[register] = value;
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

        // Watching I/O ports is a mode of breakpoint that needs CR4.DE.
        const int IoMode = 2, FirstModeBit = 16, BitsPerBreakpoint = 4;
        for (int i = 0; i < 4; i++)
        {
            bool watchesIo = (control >> (FirstModeBit + i * BitsPerBreakpoint) & 3) == IoMode;
            if (watchesIo && !vcpu.Control.HasDebuggingExtensions) return false;
        }

        return true;
    }
}
