using Implementation.Cpu;
using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>set_segment_base (25): the bases of FS and GS in either mode, and the user's GS selector.</summary>
internal static class SetSegmentBase
{
    private const uint Fs = 0, GsUser = 1, GsKernel = 2, GsUserSelector = 3;

    /// <param name="r">A1: which; A2: the base or selector; untrusted</param>
    /// <returns>0, also for a selector that cannot be loaded; -EINVAL: base not canonical, or no such segment; -ENOSYS: to a
    /// 32-bit domain, whose segments have their bases in descriptors</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        if (v.Domain.Is32Bit) return -Errno.ENOSYS;

        uint which = (uint)r.A1;
        if (which is Fs or GsUser or GsKernel && !Layout.IsCanonical(r.A2)) return -Errno.EINVAL;

        switch (which)
        {
            case Fs:
                v.Cpu.FsBase = r.A2;
                return 0;
            case GsUser:
                v.OtherGsBase = r.A2; // The caller is in kernel mode.
                return 0;
            case GsKernel:
                v.Cpu.GsBase = r.A2;
                return 0;
            case GsUserSelector:
                LoadUserGs(v, (ushort)r.A2);
                return 0;
            default:
                return -Errno.EINVAL;
        }
    }

    /// <summary>Loads GS as the application's, whose base comes from the descriptor; the kernel's base stays.</summary>
    private static void LoadUserGs(Vcpu v, ushort selector)
    {
        ulong kernelBase = v.Cpu.GsBase;
        bool isUsable = Descriptors.IsUserData(v, selector, out uint userBase);
        v.Cpu.SetSelector(SegmentRegister.Gs, isUsable ? selector : (ushort)0);
        v.Cpu.GsBase = kernelBase;
        v.OtherGsBase = isUsable ? userBase : 0;
    }
}
