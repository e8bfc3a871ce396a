using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>physdev_op (33): I/O privilege. There is no physical device, so nothing else is answered.</summary>
internal static class PhysdevOp
{
    private const uint SetIopl = 6, SetIobitmap = 7, MaxPorts = 65536;

    /// <param name="r">A1: command; A2: address of its structure; untrusted</param>
    /// <returns>0; -EFAULT; -EINVAL: a level or count out of range; -ENOSYS: unknown command</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r) => (uint)r.A1 switch
    {
        SetIopl => ChangeIopl(v, r.A2),
        SetIobitmap => ChangeBitmap(v, r.A2),
        _ => -Errno.ENOSYS,
    };

    private static long ChangeIopl(Vcpu v, ulong argument)
    {
        if (!v.TryRead(argument, out uint iopl)) return -Errno.EFAULT;
        if (iopl > 3) return -Errno.EINVAL;

        v.Iopl = (int)iopl;
        return 0;
    }

    private static long ChangeBitmap(Vcpu v, ulong argument)
    {
        GuestAbi abi = v.Domain.Abi;
        Span<byte> bitmap = stackalloc byte[2 * abi.WordBytes];
        if (!v.TryRead(argument, bitmap)) return -Errno.EFAULT;

        MemberReader members = new(bitmap, abi);
        (ulong linear, uint ports) = (members.Word(), members.Int());
        if (ports > MaxPorts || !Vcpu.IsNameable(linear, (ports + 7) / 8)) return -Errno.EINVAL;

        v.IoBitmap = (linear, ports);
        return 0;
    }
}
