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
                argument = argument[..v.Domain.Abi.Choose(narrow: 12, wide: 16)];
                if (!v.TryRead(r.A2, argument)) return -Errno.EFAULT;

                // A 32-bit domain gives a selector, in a word of its own, before the address.
                MemberReader members = new(argument, v.Domain.Abi);
                (ushort type, ushort flags) = (members.Half(), members.Half());
                ushort selector = v.Domain.Is32Bit ? (ushort)members.Word() : (ushort)0;
                return Register(v, type, flags, selector, members.Word());
            case UnregisterCommand:
                if (!v.TryRead(r.A2, argument[..4])) return -Errno.EFAULT;
                return Unregister(v, BinaryPrimitives.ReadUInt16LittleEndian(argument));
            default:
                return -Errno.ENOSYS;
        }
    }

    /// <summary>Registers one callback; all arguments are untrusted.</summary>
    /// <param name="selector">of a 32-bit domain's code</param>
    public static long Register(Vcpu v, ushort type, ushort flags, ushort selector, ulong address)
    {
        if (!Layout.IsCanonical(address)) return -Errno.EINVAL;

        selector = GuestSelector.Lower(v.Domain, selector);

        Callbacks callbacks = v.Callbacks;
        bool masks = (flags & MaskEvents) != 0;
        switch (type)
        {
            case Event:
                (callbacks.Event, callbacks.EventSelector) = (address, selector);
                return 0;
            case Failsafe:
                (callbacks.Failsafe, callbacks.FailsafeSelector, callbacks.FailsafeMasksEvents) = (address, selector, masks);
                return 0;
            case Syscall when !v.Domain.Is32Bit:
                (callbacks.Syscall, callbacks.SyscallMasksEvents) = (address, masks);
                return 0;
            case Syscall32:
                (callbacks.Syscall32, callbacks.Syscall32Selector, callbacks.Syscall32MasksEvents) = (address, selector, masks);
                return 0;
            case Sysenter or SysenterDeprecated:
                (callbacks.Sysenter, callbacks.SysenterSelector, callbacks.SysenterMasksEvents) = (address, selector, masks);
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
}
