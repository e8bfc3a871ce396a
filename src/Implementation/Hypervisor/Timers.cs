namespace Implementation.Hypervisor;

/// <summary>The timers of one vCPU; all deadlines are system time in nanoseconds.</summary>
internal sealed class Timers(Vcpu vcpu)
{
    /// <summary>The one-shot timer of set_timer_op and VCPUOP_set_singleshot_timer; both raise VIRQ_TIMER.</summary>
    public ulong Singleshot { get; set; } = VirtualTime.Never;

    /// <summary>When an unfinished SCHEDOP_poll gives up.</summary>
    public ulong Poll { get; set; } = VirtualTime.Never;

    public ulong Next => Math.Min(Math.Min(Singleshot, Poll), _periodicNext);

    private ulong _period, _periodicNext = VirtualTime.Never;

    /// <summary>Starts the periodic timer, or stops it with a period of 0.</summary>
    /// <param name="period">nanoseconds, at least <see cref="ShortestPeriod"/></param>
    public void SetPeriodic(ulong period)
    {
        _period = period;
        _periodicNext = period == 0 ? VirtualTime.Never : SaturatingAdd(vcpu.Now, period);
    }

    /// <summary>Xen refuses periods below a millisecond.</summary>
    public const ulong ShortestPeriod = 1_000_000;

    /// <summary>STIME_DELTA_MAX (xen/include/xen/time.h).</summary>
    public const ulong LongestPeriod = ulong.MaxValue >> 2;

    /// <summary>Fires what is due.</summary>
    public void Expire(ulong now)
    {
        if (now < Next) return;

        if (Singleshot <= now)
        {
            Singleshot = VirtualTime.Never;
            vcpu.Domain.Events.RaiseVirq(vcpu, EventChannels.VirqTimer);
        }

        if (_periodicNext <= now)
        {
            // Ticks that passed while the vCPU was busy are not made up for.
            _periodicNext = SaturatingAdd(_periodicNext, ((now - _periodicNext) / _period + 1) * _period);
            vcpu.Domain.Events.RaiseVirq(vcpu, EventChannels.VirqTimer);
        }

        if (Poll <= now)
        {
            Poll = VirtualTime.Never;
            if (vcpu.State == VcpuState.Polling) vcpu.State = VcpuState.Runnable;
        }
    }

    private static ulong SaturatingAdd(ulong a, ulong b) => a > VirtualTime.Never - b ? VirtualTime.Never : a + b;
}
