using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>get_debugreg (9).</summary>
internal static class GetDebugreg
{
    /// <param name="r">A1: register 0..7; untrusted</param>
    /// <returns>the register's value; -ENODEV: no such register</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r) =>
        DebugRegisters.TryRead(v, (uint)r.A1, out ulong value) ? unchecked((long)value) : -Errno.ENODEV;
}
