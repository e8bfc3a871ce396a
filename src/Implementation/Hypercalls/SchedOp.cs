using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>sched_op (29): gives up the processor, or ends the domain (xen/include/public/sched.h).</summary>
internal static class SchedOp
{
    private const ulong Yield = 0, Block = 1, Shutdown = 2, Poll = 3, RemoteShutdown = 4, ShutdownCode = 5, PinOverride = 7;

    private const int MostPolledPorts = 128;

    /// <param name="r">A1: command; A2: its argument; untrusted</param>
    /// <returns>0; -EFAULT; -EINVAL: a reason, count or port out of range; -EPERM; -ENOSYS: unknown command</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        switch (r.A1)
        {
            case Yield:
                ServeDevices(v.Domain);
                v.Domain.IsTurnOver = true;
                return 0;
            case Block:
                v.Info.UpcallMask = false;
                Wait(v, VcpuState.Blocked);
                return 0;
            case Shutdown or ShutdownCode:
                return ShutDown(v, r);
            case Poll:
                return PollPorts(v, r.A2);
            case RemoteShutdown or PinOverride:
                return -Errno.EPERM;
            default:
                return -Errno.ENOSYS;
        }
    }

    /// <summary>A guest that waits for its devices finds their work done.</summary>
    private static void ServeDevices(Domain domain)
    {
        domain.StoreRing?.Serve();
        domain.Console?.Drain();
        domain.Console?.OfferInput();
    }

    private static void Wait(Vcpu v, VcpuState state)
    {
        ServeDevices(v.Domain);
        v.State = state;
        if (EventDelivery.IsAwake(v))
        {
            v.State = VcpuState.Runnable;
            return;
        }

        v.Runstate.Enter(RunstateKind.Blocked, v.Now);
    }

    private static long ShutDown(Vcpu v, in HypercallRegisters r)
    {
        if (!v.TryRead(r.A2, out uint reason)) return -Errno.EFAULT;
        if (r.A1 == ShutdownCode) return 0;
        if (reason > (uint)ShutdownReason.SoftReset) return -Errno.EINVAL;

        v.Domain.Shutdown((ShutdownReason)reason);
        return 0;
    }

    /// <summary>Waits until one of some ports is pending, masked or not, or until a time.</summary>
    private static long PollPorts(Vcpu v, ulong argument)
    {
        GuestAbi abi = v.Domain.Abi;
        Span<byte> poll = stackalloc byte[abi.Choose(narrow: 16, wide: 24)];
        if (!v.TryRead(argument, poll)) return -Errno.EFAULT;

        MemberReader members = new(poll, abi);
        (ulong list, uint count, ulong timeout) = (members.Word(), members.Int(), members.Long());
        if (count > MostPolledPorts) return -Errno.EINVAL;

        uint[] ports = new uint[count];
        for (int i = 0; i < ports.Length; i++)
        {
            if (!v.TryRead(list + (ulong)i * sizeof(uint), out ports[i])) return -Errno.EFAULT;
            if (v.Domain.Events[ports[i]] is null) return -Errno.EINVAL;
        }

        v.PolledPorts = ports;
        if (timeout != 0) v.Timers.Poll = timeout;
        Wait(v, VcpuState.Polling);
        return 0;
    }
}
