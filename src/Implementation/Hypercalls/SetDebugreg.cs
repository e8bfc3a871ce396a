using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>set_debugreg (8).</summary>
internal static class SetDebugreg
{
    /// <param name="r">A1: register 0..7; A2: value; untrusted</param>
    /// <returns>as <see cref="DebugRegisters.Write"/></returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r) => DebugRegisters.Write(v, (uint)r.A1, r.A2);
}
