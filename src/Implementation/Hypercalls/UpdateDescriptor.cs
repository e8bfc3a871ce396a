using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>update_descriptor (10): stores one segment descriptor.</summary>
internal static class UpdateDescriptor
{
    /// <summary>do_update_descriptor(), xen/arch/x86/pv/descriptor-tables.c.</summary>
    /// <param name="xen">the hypervisor</param>
    /// <param name="v">the vCPU that trapped</param>
    /// <param name="r">A1 machine address of the descriptor, A2 the descriptor; from a 32-bit domain A2:A1 and A4:A3; untrusted</param>
    /// <returns>as <see cref="PageTables.UpdateDescriptor"/></returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r) => v.Domain.Is32Bit
        ? xen.PageTables.UpdateDescriptor(v.Domain, r.A1 | r.A2 << 32, r.A3 | r.A4 << 32)
        : xen.PageTables.UpdateDescriptor(v.Domain, r.A1, r.A2);
}
