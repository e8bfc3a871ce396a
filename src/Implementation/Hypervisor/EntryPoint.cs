namespace Implementation.Hypervisor;

/// <summary>What a guest's kernel can be entered for: an exception or interrupt, by its vector 0..255, or a callback.</summary>
public enum EntryPoint
{
    /// <summary>CALLBACKTYPE_event: the numbers below are vectors.</summary>
    Event = 256,

    /// <summary>CALLBACKTYPE_failsafe: a context cannot be returned to.</summary>
    Failsafe,

    /// <summary>CALLBACKTYPE_syscall: SYSCALL of 64-bit programs.</summary>
    Syscall,

    /// <summary>CALLBACKTYPE_syscall32: SYSCALL of 32-bit programs.</summary>
    Syscall32,

    /// <summary>CALLBACKTYPE_sysenter.</summary>
    Sysenter,
}
