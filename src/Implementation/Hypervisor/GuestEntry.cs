using Implementation.Cpu;

namespace Implementation.Hypervisor;

/// <summary>Going back to code of a guest's: what IRET from ring 0 to an outer ring does (SDM Vol. 2A, "IRET", RETURN-TO-OUTER-PRIVILEGE-LEVEL).</summary>
internal static class GuestEntry
{
    private static readonly SegmentRegister[] DataSegments = [SegmentRegister.Ds, SegmentRegister.Es, SegmentRegister.Fs, SegmentRegister.Gs];

    /// <summary>Goes on at EIP with these; where the processor would fault on them the guest is told of that.</summary>
    /// <param name="cs">untrusted</param>
    /// <param name="ss">untrusted</param>
    public static void Return(Vcpu vcpu, ushort cs, ushort ss)
    {
        if (!TryLoad(vcpu, cs, ss, vcpu.Cpu.Rip)) TrapEntry.Reflect(vcpu, cs, ss);
    }

    /// <summary>Goes on where the vCPU was. IRET reads the descriptors of CS and SS, and they may have changed since the vCPU left its code.</summary>
    public static void Reload(Vcpu vcpu)
    {
        if (!vcpu.HasNewDescriptors) return;

        vcpu.HasNewDescriptors = false;
        (ushort cs, ushort ss) = (vcpu.Cpu.GetSelector(SegmentRegister.Cs), vcpu.Cpu.GetSelector(SegmentRegister.Ss));
        if (ReturnFault.Of(vcpu, cs, ss, vcpu.Cpu.Rip) is null)
        {
            vcpu.Cpu.SetSelector(SegmentRegister.Cs, cs);
            vcpu.Cpu.SetSelector(SegmentRegister.Ss, ss);
            return;
        }

        TrapEntry.Reflect(vcpu, cs, ss);
        if (!vcpu.Domain.HasEnded) EventDelivery.Deliver(vcpu);
    }

    /// <summary>Loads CS and SS, and with CS the privilege level.</summary>
    /// <param name="eip">where the guest is to go on</param>
    /// <returns>false, with nothing changed, where the processor would fault</returns>
    public static bool TryLoad(Vcpu vcpu, ushort cs, ushort ss, ulong eip)
    {
        int cpl = cs & 3;
        if (ReturnFault.Of(vcpu, cs, ss, eip) is not null) return false;

        vcpu.Cpu.Cpl = cpl;
        vcpu.Cpu.SetSelector(SegmentRegister.Cs, cs);
        vcpu.Cpu.SetSelector(SegmentRegister.Ss, ss);
        foreach (SegmentRegister register in DataSegments)
        {
            if (!Descriptors.IsData(vcpu, vcpu.Cpu.GetSelector(register), cpl)) vcpu.Cpu.SetSelector(register, 0);
        }

        return true;
    }
}
