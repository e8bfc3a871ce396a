using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>set_timer_op (15): raises VIRQ_TIMER at a system time.</summary>
internal static class SetTimerOp
{
    private const ulong FarFuture = 1UL << 50, Substitute = 100_000_000;

    /// <param name="r">A1, from a 32-bit domain A2:A1: nanoseconds, signed; 0 stops the timer; untrusted</param>
    /// <returns>0</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        ulong timeout = v.Domain.Is32Bit ? r.A1 | r.A2 << 32 : r.A1;
        // Xen takes a time that is negative or 13 days ahead for a mistake, and wakes the guest in a tenth of a second.
        bool isImplausible = (long)timeout < 0 || (timeout > v.Now && timeout - v.Now >= FarFuture);
        v.Timers.Singleshot = timeout == 0 ? VirtualTime.Never : isImplausible ? v.Now + Substitute : timeout;
        return 0;
    }
}
