using System.Buffers.Binary;
using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>callback_op (30): registers entry points of the guest kernel (xen/include/public/callback.h).</summary>
internal static class CallbackOp
{
    public const ushort Event = 0, Failsafe = 1, Syscall = 2, SysenterDeprecated = 3, Nmi = 4, Sysenter = 5, Syscall32 = 7;

    private const ulong RegisterCommand = 0, UnregisterCommand = 1;
    private const ushort MaskEvents = 1;

    /// <param name="r">A1: command; A2: address of its structure; untrusted</param>
    /// <returns>0; -EFAULT; -EINVAL: address not canonical, or a callback that cannot be withdrawn; -ENOSYS: unknown</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        Span<byte> argument = stackalloc byte[16];
        switch (r.A1)
        {
            case RegisterCommand:
                if (!v.TryRead(r.A2, argument)) return -Errno.EFAULT;
                return Register(v, Half(argument, 0), Half(argument, 2), BinaryPrimitives.ReadUInt64LittleEndian(argument[8..]));
            case UnregisterCommand:
                if (!v.TryRead(r.A2, argument[..4])) return -Errno.EFAULT;
                return Unregister(v, Half(argument, 0));
            default:
                return -Errno.ENOSYS;
        }
    }

    /// <summary>Registers one callback; all arguments are untrusted.</summary>
    public static long Register(Vcpu v, ushort type, ushort flags, ulong address)
    {
        if (!Layout.IsCanonical(address)) return -Errno.EINVAL;

        Callbacks callbacks = v.Callbacks;
        bool masks = (flags & MaskEvents) != 0;
        switch (type)
        {
            case Event:
                callbacks.Event = address;
                return 0;
            case Failsafe:
                (callbacks.Failsafe, callbacks.FailsafeMasksEvents) = (address, masks);
                return 0;
            case Syscall:
                (callbacks.Syscall, callbacks.SyscallMasksEvents) = (address, masks);
                return 0;
            case Syscall32:
                callbacks.Syscall32 = address;
                return 0;
            case Sysenter or SysenterDeprecated:
                callbacks.Sysenter = address;
                return 0;
            case Nmi:
                return NmiOp.Register(v, address);
            default:
                return -Errno.ENOSYS;
        }
    }

    private static long Unregister(Vcpu v, ushort type) => type switch
    {
        Event or Failsafe or Syscall or Sysenter or SysenterDeprecated => -Errno.EINVAL,
        Nmi => NmiOp.Unregister(v),
        _ => -Errno.ENOSYS,
    };

    private static ushort Half(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt16LittleEndian(from[at..]);
}
