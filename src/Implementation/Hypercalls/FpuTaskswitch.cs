using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>fpu_taskswitch (5): sets or clears the virtual CR0.TS.</summary>
internal static class FpuTaskswitch
{
    /// <param name="r">A1: non-zero sets it</param>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        FpuState.SetTaskSwitched(v, (int)r.A1 != 0);
        return 0;
    }
}
