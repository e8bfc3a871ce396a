using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>vm_assist (21): switches optional behaviour on and off.</summary>
internal static class VmAssistOp
{
    private const uint Enable = 0, Disable = 1;

    private const VmAssist Offered = VmAssist.FourGigabyteSegments | VmAssist.FourGigabyteSegmentsNotify | VmAssist.WritablePageTables
        | VmAssist.PaeExtendedCr3 | VmAssist.ArchitecturalIopl | VmAssist.RunstateUpdateFlag | VmAssist.M2pStrict;

    /// <param name="r">A1: command; A2: bit number of the behaviour; untrusted</param>
    /// <returns>0; -EINVAL: no such behaviour; -ENOSYS: no such command</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        uint type = (uint)r.A2;
        if (type >= 64 || !Offered.HasFlag((VmAssist)(1UL << (int)type))) return -Errno.EINVAL;

        VmAssist assist = (VmAssist)(1UL << (int)type);
        switch ((uint)r.A1)
        {
            case Enable:
                v.Domain.Assists |= assist;
                return 0;
            case Disable:
                v.Domain.Assists &= ~assist;
                return 0;
            default:
                return -Errno.ENOSYS;
        }
    }
}
