namespace Implementation.Hypervisor;

/// <summary>The guest's view of who owns the FPU.</summary>
internal static class FpuState
{
    /// <summary>Sets or clears the virtual CR0.TS.</summary>
    public static void SetTaskSwitched(Vcpu vcpu, bool set)
    {
        vcpu.Control.IsTaskSwitched = set;
        vcpu.Cpu.Cr0 = ControlRegisters.HostCr0 | (set ? ControlRegisters.TaskSwitched : 0);
    }
}
