using System.Buffers.Binary;
using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>event_channel_op (32): the two-level interface (xen/include/public/event_channel.h).</summary>
internal static class EventChannelOp
{
    private const uint BindInterdomain = 0, BindVirq = 1, BindPirq = 2, Close = 3, Send = 4, Status = 5, AllocUnbound = 6, BindIpi = 7,
        BindVcpu = 8, Unmask = 9, Reset = 10;

    /// <param name="r">A1: command; A2: address of its structure; untrusted</param>
    /// <returns>0; -EFAULT; -EPERM: another domain's ports; -ESRCH: no such domain; -ENOSYS: FIFO commands and unknown ones;
    /// or as the method of <see cref="EventChannels"/></returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        Domain d = v.Domain;
        Span<byte> argument = stackalloc byte[24];
        argument = argument[..SizeOf((uint)r.A1)];
        if (argument.IsEmpty) return -Errno.ENOSYS;
        if (!v.TryRead(r.A2, argument)) return -Errno.EFAULT;

        return (uint)r.A1 switch
        {
            AllocUnbound => AnswerPort(v, r.A2 + 4, Allocate(xen, d, Half(argument, 0), Half(argument, 2))),
            BindInterdomain => AnswerPort(v, r.A2 + 8, Bind(xen, d, Half(argument, 0), Word(argument, 4))),
            BindVirq => AnswerPort(v, r.A2 + 8, d.Events.BindVirq(Word(argument, 0), Word(argument, 4))),
            BindIpi => AnswerPort(v, r.A2 + 4, d.Events.BindIpi(Word(argument, 0))),
            BindPirq => -Errno.EPERM,
            Close => d.Events.Close(Word(argument, 0)),
            Send => d.Events.Send(Word(argument, 0)),
            Status => WriteStatus(xen, v, r.A2, Half(argument, 0), Word(argument, 4)),
            BindVcpu => d.Events.BindVcpu(Word(argument, 0), Word(argument, 4)),
            Unmask => d.Events.Unmask(Word(argument, 0)),
            _ => IsSelf(d, Half(argument, 0)) ? d.Events.Reset() : Refusal(xen, Half(argument, 0)),
        };
    }

    private static int SizeOf(uint command) => command switch
    {
        BindInterdomain or BindVirq or BindPirq => 12,
        Close or Send or Unmask => 4,
        Status => 24,
        AllocUnbound or BindIpi or BindVcpu => 8,
        Reset => 2,
        _ => 0,
    };

    private static long Allocate(Xen xen, Domain caller, ushort domain, ushort remote)
    {
        if (!IsSelf(caller, domain)) return Refusal(xen, domain);
        return caller.Events.AllocateUnbound(remote == Domain.DomidSelf ? caller.Id : remote);
    }

    private static long Bind(Xen xen, Domain caller, ushort remote, uint port)
    {
        if (IsSelf(caller, remote)) return caller.Events.BindInterdomain(caller, port);
        if (remote == Domain.Domain0) return -Errno.EINVAL; // Our devices bind the guest's ports, never the other way round.
        return xen.FindDomain(remote) is { } domain ? caller.Events.BindInterdomain(domain, port) : -Errno.ESRCH;
    }

    private static long AnswerPort(Vcpu v, ulong to, long port)
    {
        if (port < 0) return port;
        if (v.TryWrite(to, (uint)port)) return 0;

        v.Domain.Events.Close((uint)port);
        return -Errno.EFAULT;
    }

    /// <summary><c>struct evtchn_status</c>: dom, port in; status @8, vcpu @12, and by status a union @16.</summary>
    private static long WriteStatus(Xen xen, Vcpu v, ulong at, ushort domain, uint port)
    {
        if (!IsSelf(v.Domain, domain)) return Refusal(xen, domain);
        if (!v.Domain.Events.IsValid(port)) return -Errno.EINVAL;

        Span<byte> answer = stackalloc byte[16];
        if (v.Domain.Events[port] is { } channel)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(answer, (uint)channel.State);
            BinaryPrimitives.WriteInt32LittleEndian(answer[4..], channel.NotifyVcpu);
            switch (channel.State)
            {
                case ChannelState.Unbound:
                    BinaryPrimitives.WriteUInt16LittleEndian(answer[8..], channel.RemoteDomain);
                    break;
                case ChannelState.Interdomain:
                    BinaryPrimitives.WriteUInt16LittleEndian(answer[8..], channel.RemoteDomain);
                    BinaryPrimitives.WriteUInt32LittleEndian(answer[12..], channel.RemotePort);
                    break;
                case ChannelState.Virq:
                    BinaryPrimitives.WriteInt32LittleEndian(answer[8..], channel.Virq);
                    break;
            }
        }

        return v.TryWrite(at + 8, answer) ? 0 : -Errno.EFAULT;
    }

    /// <summary>Another domain's ports are not the caller's business, but Xen says whether there is one (rcu_lock_domain_by_any_id()).</summary>
    private static long Refusal(Xen xen, ushort domain) => MmuBatch.Exists(xen, domain) ? -Errno.EPERM : -Errno.ESRCH;

    private static bool IsSelf(Domain caller, ushort domain) => domain == Domain.DomidSelf || domain == caller.Id;

    private static ushort Half(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt16LittleEndian(from[at..]);

    private static uint Word(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt32LittleEndian(from[at..]);
}
