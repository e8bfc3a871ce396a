using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>Hypercalls that no unprivileged domain gets an answer to.</summary>
internal static class Refused
{
    public static long NotImplemented(Xen xen, Vcpu v, in HypercallRegisters r) => -Errno.ENOSYS;

    /// <summary>For the control domain only, under Xen's default policy (xen/include/xsm/dummy.h).</summary>
    public static long NotPermitted(Xen xen, Vcpu v, in HypercallRegisters r) => -Errno.EPERM;

    public static long NotSupported(Xen xen, Vcpu v, in HypercallRegisters r) => -Errno.EOPNOTSUPP;
}
