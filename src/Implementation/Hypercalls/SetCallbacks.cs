using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>set_callbacks (4): event, failsafe and syscall entry points in one call.</summary>
internal static class SetCallbacks
{
    /// <param name="r">A1, A2, A3: the three addresses; one that is not canonical leaves the old one. From a 32-bit domain
    /// A1:A2 and A3:A4, selector and address of the first two; untrusted</param>
    /// <returns>0 always, as on Xen</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        if (v.Domain.Is32Bit)
        {
            _ = CallbackOp.Register(v, CallbackOp.Event, flags: 0, (ushort)r.A1, r.A2);
            _ = CallbackOp.Register(v, CallbackOp.Failsafe, flags: 0, (ushort)r.A3, r.A4);
            return 0;
        }

        _ = CallbackOp.Register(v, CallbackOp.Event, flags: 0, selector: 0, r.A1);
        _ = CallbackOp.Register(v, CallbackOp.Failsafe, flags: 0, selector: 0, r.A2);
        _ = CallbackOp.Register(v, CallbackOp.Syscall, flags: 0, selector: 0, r.A3);
        return 0;
    }
}
