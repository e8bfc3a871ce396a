namespace Implementation.Hypervisor;

/// <summary>
/// The entry points a guest kernel has registered besides its traps (xen/include/public/callback.h). 0: none. The selectors
/// are a 32-bit domain's.
/// </summary>
public sealed class Callbacks
{
    public ulong Event { get; internal set; }

    public ushort EventSelector { get; internal set; }

    public ulong Failsafe { get; internal set; }

    public ushort FailsafeSelector { get; internal set; }

    public bool FailsafeMasksEvents { get; internal set; }

    public ulong Syscall { get; internal set; }

    public bool SyscallMasksEvents { get; internal set; }

    /// <summary>SYSCALL of 32-bit applications, which Intel's processors do not have; kept so that registering it succeeds as it does on Xen.</summary>
    public ulong Syscall32 { get; internal set; }

    public ushort Syscall32Selector { get; internal set; }

    public bool Syscall32MasksEvents { get; internal set; }

    /// <summary>SYSENTER of applications.</summary>
    public ulong Sysenter { get; internal set; }

    public ushort SysenterSelector { get; internal set; }

    public bool SysenterMasksEvents { get; internal set; }
}
