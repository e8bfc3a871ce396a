namespace Implementation.Hypervisor;

/// <summary>What one end of an event channel is bound to; the values are EVTCHNSTAT_*.</summary>
public enum ChannelState : uint { Closed, Unbound, Interdomain, Pirq, Virq, Ipi }

/// <summary>One port of a domain: its end of an event channel.</summary>
public sealed class EventChannel
{
    private readonly EventChannels _owner;

    internal EventChannel(EventChannels owner, uint port) => (_owner, Port) = (owner, port);

    public uint Port { get; }

    public ChannelState State { get; internal set; } = ChannelState.Closed;

    /// <summary>The domain that may bind, or has bound, the other end.</summary>
    public ushort RemoteDomain { get; internal set; }

    /// <summary>The port of the other end, while interdomain.</summary>
    public uint RemotePort { get; internal set; }

    public int Virq { get; internal set; }

    /// <summary>The vCPU that is told of events.</summary>
    public int NotifyVcpu { get; internal set; }

    /// <summary>What Domain0 does when the guest sends; null unless the other end is a device of ours.</summary>
    internal Action? Backend { get; set; }

    /// <summary>Sends an event to the domain that owns this end, unless it has closed it.</summary>
    internal void Notify()
    {
        if (State == ChannelState.Interdomain) _owner.SetPending(this);
    }
}
