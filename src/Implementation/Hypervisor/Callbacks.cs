namespace Implementation.Hypervisor;

/// <summary>The entry points a guest kernel has registered besides its traps (xen/include/public/callback.h). 0: none.</summary>
public sealed class Callbacks
{
    public ulong Event { get; internal set; }

    public ulong Failsafe { get; internal set; }

    public bool FailsafeMasksEvents { get; internal set; }

    public ulong Syscall { get; internal set; }

    public bool SyscallMasksEvents { get; internal set; }

    /// <summary>For 32-bit applications; kept so that registering them succeeds as it does on Xen.</summary>
    public ulong Syscall32 { get; internal set; }

    public ulong Sysenter { get; internal set; }
}
