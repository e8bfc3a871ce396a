using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>nmi_op (28): where the guest takes NMIs. None is ever sent, since there is no hardware to send one.</summary>
internal static class NmiOp
{
    private const ulong RegisterCallback = 0, UnregisterCallback = 1;
    private const byte Vector = 2;

    /// <param name="r">A1: command; A2: address of <c>struct xennmi_callback</c>; untrusted</param>
    /// <returns>0; -EFAULT; -EINVAL: handler not canonical; -ENOSYS: unknown command</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r) => r.A1 switch
    {
        RegisterCallback => v.TryReadWord(r.A2, out ulong handler) ? Register(v, handler) : -Errno.EFAULT,
        UnregisterCallback => Unregister(v),
        _ => -Errno.ENOSYS,
    };

    public static long Register(Vcpu v, ulong handler)
    {
        if (!Layout.IsCanonical(handler)) return -Errno.EINVAL;

        v.Traps[Vector] = new(Flags: 4, v.Domain.Is32Bit ? Layout.FlatCode32 : Layout.FlatCode64, handler);
        return 0;
    }

    public static long Unregister(Vcpu v)
    {
        v.Traps[Vector] = default;
        return 0;
    }
}
