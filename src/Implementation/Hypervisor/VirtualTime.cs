namespace Implementation.Hypervisor;

/// <summary>
/// The clock that guests see. The time-stamp counter runs at 1 GHz, one tick for each retired instruction, and time in which
/// no vCPU can run is skipped; so system time in nanoseconds is the counter itself and the same run always sees the same time.
/// </summary>
internal static class VirtualTime
{
    public const uint TscKilohertz = 1_000_000;

    /// <summary>Wall-clock seconds at system time 0: 2024-01-01T00:00:00Z. Fixed, because a run must not depend on the host.</summary>
    public const ulong WallClockSeconds = 1_704_067_200;

    public const ulong Never = ulong.MaxValue;

    /// <summary>
    /// <c>struct vcpu_time_info</c>. Since system time is the counter, the record is the same for every vCPU at all times:
    /// an even version, both timestamps 0, and a scale of 1 written as ((ticks &lt;&lt; 1) * 2^31) >> 32.
    /// </summary>
    public static ReadOnlySpan<byte> TimeInfo =>
    [
        2, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0x80, 1, 0, 0, 0,
    ];

    /// <summary>Publishes the wall clock in <c>struct shared_info</c>.</summary>
    public static void WriteWallClock(SharedPage sharedInfo, SharedInfoLayout layout)
    {
        sharedInfo.Write(layout.ClockAt, 2u); // wc_version, even: not being updated
        sharedInfo.Write(layout.ClockAt + 4, (uint)WallClockSeconds);
        sharedInfo.Write(layout.ClockAt + 8, 0u);
        sharedInfo.Write(layout.ClockHighAt, (uint)(WallClockSeconds >> 32));
    }
}
