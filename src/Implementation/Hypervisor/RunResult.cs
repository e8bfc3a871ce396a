namespace Implementation.Hypervisor;

/// <summary>Bounds of one run.</summary>
public sealed record RunLimits
{
    /// <summary>Instructions that this run may retire, each fault counted as one more.</summary>
    public ulong Instructions { get; init; } = ulong.MaxValue;

    public CancellationToken Interrupt { get; init; }
}

/// <summary>Why a run ended.</summary>
public enum StopReason
{
    /// <summary>The guest shut itself down.</summary>
    Shutdown,

    /// <summary>The guest made a mistake that Xen ends a domain for.</summary>
    Crash,

    /// <summary>The instruction limit was reached.</summary>
    Limit,

    /// <summary>The caller's token was cancelled.</summary>
    Interrupt,

    /// <summary><see cref="Xen.Stop"/> was called.</summary>
    Requested,

    /// <summary>Every vCPU is blocked and no timer, device or key can ever wake one.</summary>
    Blocked,
}

/// <summary>How a run ended.</summary>
/// <param name="Detail">one sentence</param>
/// <param name="Instructions">retired in this run</param>
public sealed record RunResult(StopReason Reason, string Detail, ulong Instructions);
