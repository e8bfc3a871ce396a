namespace Implementation.Hypervisor;

/// <summary>The ports of one domain, by the two-level interface: a bit each in shared_info.</summary>
/// <remarks>
/// Facts: xen/common/event_channel.c, event_2l.c. Methods answer 0 (or a port) or a negative errno, as the hypercalls do.
/// Every port, vCPU and virtual interrupt number given to them is untrusted.
/// </remarks>
public sealed class EventChannels
{
    internal const int Virqs = 24, VirqTimer = 0, VirqDebug = 1, VirqXenoprof = 7, VirqPmu = 13;

    private const uint PortsOfBucket = 64;

    private readonly Domain _domain;
    private readonly List<EventChannel?> _channels = [null]; // Port 0 names no channel.
    private uint _nextBackendPort = 1;

    internal EventChannels(Domain domain) => _domain = domain;

    /// <summary>A port that Xen keeps an entry for, in use or not: entries come a page at a time (port_is_valid(), xen/common/event_channel.c).</summary>
    public bool IsValid(uint port) => port < Math.Max(PortsOfBucket, ((uint)_channels.Count + PortsOfBucket - 1) / PortsOfBucket * PortsOfBucket);

    /// <summary>The channel at a port, or null.</summary>
    public EventChannel? this[uint port] => port < (uint)_channels.Count ? _channels[(int)port] : null;

    /// <summary>Ports that the domain's shared_info has a bit for: 4096, or 1024.</summary>
    public uint Limit => _domain.SharedInfo.Ports;

    private int PendingAt => _domain.SharedInfo.PendingAt;

    private int MaskAt => _domain.SharedInfo.MaskAt;

    private SharedPage SharedInfo => new(_domain.Xen.Memory, _domain.SharedInfoMfn);

    /// <summary>EVTCHNOP_alloc_unbound: a port that <paramref name="remote"/> may bind.</summary>
    public long AllocateUnbound(ushort remote)
    {
        if (Allocate() is not { } channel) return -Errno.ENOSPC;

        channel.State = ChannelState.Unbound;
        channel.RemoteDomain = remote;
        return channel.Port;
    }

    /// <summary>EVTCHNOP_bind_interdomain: joins a new port to an unbound one of <paramref name="remote"/>.</summary>
    public long BindInterdomain(Domain remote, uint remotePort)
    {
        if (remote.Events[remotePort] is not { State: ChannelState.Unbound } other || other.RemoteDomain != _domain.Id)
            return -Errno.EINVAL;
        if (Allocate() is not { } channel) return -Errno.ENOSPC;

        Join(channel, remote.Id, remotePort);
        Join(other, _domain.Id, channel.Port);
        SetPending(channel); // An event may have been sent while nobody was bound.
        return channel.Port;
    }

    /// <summary>EVTCHNOP_bind_virq.</summary>
    public long BindVirq(uint virq, uint vcpu)
    {
        if (virq >= Virqs) return -Errno.EINVAL;
        if (virq is not (VirqTimer or VirqDebug or VirqXenoprof or VirqPmu) && vcpu != 0) return -Errno.EINVAL;
        if (vcpu >= _domain.Vcpus.Length) return -Errno.ENOENT;
        Vcpu target = _domain.Vcpus[vcpu];
        if (target.VirqPorts[virq] != 0) return -Errno.EEXIST;
        if (Allocate() is not { } channel) return -Errno.ENOSPC;

        channel.State = ChannelState.Virq;
        channel.Virq = (int)virq;
        channel.NotifyVcpu = target.Id;
        target.VirqPorts[virq] = channel.Port;
        return channel.Port;
    }

    /// <summary>EVTCHNOP_bind_ipi.</summary>
    public long BindIpi(uint vcpu)
    {
        if (vcpu >= _domain.Vcpus.Length) return -Errno.ENOENT;
        if (Allocate() is not { } channel) return -Errno.ENOSPC;

        channel.State = ChannelState.Ipi;
        channel.NotifyVcpu = (int)vcpu;
        return channel.Port;
    }

    /// <summary>EVTCHNOP_close.</summary>
    public long Close(uint port)
    {
        if (this[port] is not { } channel) return -Errno.EINVAL;

        if (channel.State == ChannelState.Virq) _domain.Vcpus[channel.NotifyVcpu].VirqPorts[channel.Virq] = 0;
        if (OtherEnd(channel) is { } other)
        {
            other.State = ChannelState.Unbound;
            other.RemotePort = 0;
        }

        channel.State = ChannelState.Closed;
        channel.Backend = null;
        _channels[(int)port] = null;
        // A port that is allocated again must not come up pending or masked.
        ClearBit(PendingAt, port);
        ClearBit(MaskAt, port);
        return 0;
    }

    /// <summary>EVTCHNOP_send.</summary>
    public long Send(uint port)
    {
        if (this[port] is not { } channel) return -Errno.EINVAL;

        switch (channel.State)
        {
            case ChannelState.Interdomain when channel.Backend is { } backend:
                backend();
                return 0;
            case ChannelState.Interdomain:
                OtherEnd(channel)?.Notify();
                return 0;
            case ChannelState.Ipi:
                SetPending(channel);
                return 0;
            case ChannelState.Unbound:
                return 0; // Nobody listens; the event is lost without an error.
            default:
                return -Errno.EINVAL;
        }
    }

    /// <summary>EVTCHNOP_bind_vcpu: who is told of a port's events.</summary>
    public long BindVcpu(uint port, uint vcpu)
    {
        if (vcpu >= _domain.Vcpus.Length) return -Errno.ENOENT;
        if (this[port] is not { } channel) return -Errno.EINVAL;

        bool isMovable = channel.State is ChannelState.Unbound or ChannelState.Interdomain
            || channel is { State: ChannelState.Virq, Virq: not (VirqTimer or VirqDebug or VirqXenoprof or VirqPmu) };
        if (!isMovable) return -Errno.EINVAL;

        channel.NotifyVcpu = (int)vcpu;
        return 0;
    }

    /// <summary>EVTCHNOP_unmask: clears the mask bit and delivers what waited behind it.</summary>
    public long Unmask(uint port)
    {
        if (this[port] is not { } channel) return IsValid(port) ? 0 : -Errno.EINVAL;

        bool wasMasked = IsSet(MaskAt, port);
        ClearBit(MaskAt, port);
        if (wasMasked && IsSet(PendingAt, port)) Raise(channel);
        return 0;
    }

    /// <summary>EVTCHNOP_reset: closes every port.</summary>
    public long Reset()
    {
        for (uint port = 1; port < _channels.Count; port++) Close(port);
        return 0;
    }

    /// <summary>Whether a port's pending bit is set, for SCHEDOP_poll.</summary>
    internal bool IsPending(uint port) => port < Limit && IsSet(PendingAt, port);

    /// <summary>Raises a virtual interrupt; lost while the guest has not bound it.</summary>
    internal void RaiseVirq(Vcpu vcpu, int virq)
    {
        if (this[vcpu.VirqPorts[virq]] is { } channel) SetPending(channel);
    }

    /// <summary>Binds Domain0's end of a port, as a device of ours does.</summary>
    /// <param name="kicked">what to do when the guest sends</param>
    /// <exception cref="ArgumentException">the port is not unbound for Domain0</exception>
    internal EventChannel BindBackend(uint port, Action kicked)
    {
        if (this[port] is not { State: ChannelState.Unbound, RemoteDomain: Domain.Domain0 } channel)
            throw new ArgumentException($"Port {port} is not unbound for Domain0.", nameof(port));

        Join(channel, Domain.Domain0, _nextBackendPort++);
        channel.Backend = kicked;
        return channel;
    }

    internal void SetPending(EventChannel channel)
    {
        if (!SetBit(PendingAt, channel.Port) && !IsSet(MaskAt, channel.Port)) Raise(channel);
    }

    private void Raise(EventChannel channel)
    {
        Vcpu target = _domain.Vcpus[channel.NotifyVcpu];
        VcpuInfo info = target.Info;
        ulong selector = info.PendingSelector, word = 1UL << ((int)channel.Port / _domain.SharedInfo.WordBits);
        if ((selector & word) != 0) return;

        info.PendingSelector = selector | word;
        info.UpcallPending = true;
        if (target.State is VcpuState.Blocked or VcpuState.Polling) _domain.IsTurnOver = true;
    }

    private EventChannel? Allocate()
    {
        int free = _channels.IndexOf(null, 1);
        if (free < 0)
        {
            if (_channels.Count >= Limit) return null;
            free = _channels.Count;
            _channels.Add(null);
        }

        return _channels[free] = new(this, (uint)free);
    }

    private EventChannel? OtherEnd(EventChannel channel) =>
        channel is { State: ChannelState.Interdomain, Backend: null }
            ? _domain.Xen.FindDomain(channel.RemoteDomain)?.Events[channel.RemotePort]
            : null;

    private static void Join(EventChannel channel, ushort domain, uint port)
    {
        channel.State = ChannelState.Interdomain;
        channel.RemoteDomain = domain;
        channel.RemotePort = port;
    }

    // The bitmaps are arrays of little-endian words, so that a bit's byte does not depend on the size of the words.
    private bool IsSet(int array, uint port) => (SharedInfo.Read<byte>(ByteAt(array, port)) & Bit(port)) != 0;

    /// <summary>Sets a bit and says whether it was set before.</summary>
    private bool SetBit(int array, uint port)
    {
        byte bits = SharedInfo.Read<byte>(ByteAt(array, port));
        SharedInfo.Write(ByteAt(array, port), (byte)(bits | Bit(port)));
        return (bits & Bit(port)) != 0;
    }

    private void ClearBit(int array, uint port) =>
        SharedInfo.Write(ByteAt(array, port), (byte)(SharedInfo.Read<byte>(ByteAt(array, port)) & ~Bit(port)));

    private static int ByteAt(int array, uint port) => array + (int)(port / 8);

    private static int Bit(uint port) => 1 << (int)(port % 8);
}
