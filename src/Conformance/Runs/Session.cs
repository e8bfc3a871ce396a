using System.Buffers;
using System.Text;
using Conformance.Bridge;
using Conformance.Watch;
using Implementation.Cpu;
using Implementation.Devices;
using Implementation.Hypervisor;

namespace Conformance.Runs;

/// <summary>The side of a run that faces the user: console, keys, counts, and when to stop. Passes everything on to the watch.</summary>
internal sealed class Session(RunRequest request, ModelWatch? watch)
    : ForwardingObserver(watch is null ? null : new GuardedObserver(watch)), IDisposable
{
    /// <summary>A guest that showed and was told nothing for this long, in its own time, waits for nothing.</summary>
    private const ulong IdleNanoseconds = 60_000_000_000;

    /// <summary>Or that asked this often in a row to be put aside, having nothing to do.</summary>
    private const int IdleYields = 20_000;

    /// <summary>Or that computed this long without a single hypercall: Debian's kernel never does for more than 1.4 billion.</summary>
    private const ulong IdleInstructions = 2_500_000_000;

    /// <summary>How long the host sleeps at a time while an idle guest may still get keys.</summary>
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(20);

    private readonly ManualResetEventSlim _keysCame = new();
    private readonly ArrayBufferWriter<byte> _console = new();
    private readonly byte[]? _until = (request.Until ?? request.Prompt) is { } text ? Encoding.UTF8.GetBytes(text) : null;
    private Domain? _domain;
    private ulong _activeAt;
    private int _yields;
    private ulong _calledAt;
    private volatile bool _isUntilSeen, _hasKeys;
    private bool _isStopped, _isIdle;

    /// <summary>Connects console and keys of a domain that is built and has not run.</summary>
    public void Attach(Domain domain)
    {
        _domain = domain;
        Console.Output += Show;
        Console.ExpectsInput = true;
        request.Keys.Connect(Feed, EndOfKeys);
        if (request.Keys.IsOver) EndOfKeys();
    }

    private void Feed(ReadOnlyMemory<byte> keys)
    {
        _hasKeys = true;
        Console.Feed(keys.Span);
        _keysCame.Set();
    }

    private void EndOfKeys()
    {
        Console.ExpectsInput = false;
        Console.Feed(default); // Wakes a guest that waits for keys, to find that none will come.
        if (_isUntilSeen) StopAtText();
    }

    /// <summary>Whether the run ends now that a part of it is over; a request to stop may have come between two parts.</summary>
    public bool EndsBetweenParts()
    {
        if (_isStopped) return true;
        if (Retired - _calledAt < IdleInstructions || !request.Keys.IsOver) return false;
        return _isIdle = true;
    }

    /// <summary>A text that was asked for ends the run; a prompt does if nobody will answer it.</summary>
    private void StopAtText()
    {
        if (request.Until is null && (_hasKeys || !request.Keys.IsOver)) return;
        _isStopped = true;
        _domain?.Xen.Stop(StopReason.Requested);
    }

    private XenConsole Console => _domain!.Console!;

    private void Show(ReadOnlyMemory<byte> piece)
    {
        MarkActive();
        int from = Math.Max(0, _console.WrittenCount - (_until?.Length ?? 0));
        _console.Write(piece.Span);
        request.Output?.Invoke(piece);
        if (_until is null || _isUntilSeen || _console.WrittenSpan[from..].IndexOf(_until) < 0) return;
        _isUntilSeen = true;
        StopAtText();
    }

    /// <summary>Instructions of all vCPUs so far.</summary>
    private ulong Retired
    {
        get
        {
            ulong sum = 0;
            foreach (Vcpu vcpu in _domain?.Vcpus ?? []) sum += vcpu.Cpu.Retired;
            return sum;
        }
    }

    private void MarkActive()
    {
        _activeAt = _domain?.Vcpus.Max(v => v.Now) ?? 0;
        _calledAt = Retired;
        _yields = 0;
    }

    public override void HypercallEntering(Vcpu caller, in HypercallRegisters call)
    {
        _calledAt = Retired;
        if (_domain is not null && call is { Number: Abi.SchedOp, A1: Abi.SchedYield or Abi.SchedBlock or Abi.SchedPoll }) Rest(caller);
        base.HypercallEntering(caller, call);
    }

    /// <summary>The guest has nothing to do: end the run if nothing can ever change that.</summary>
    private void Rest(Vcpu caller)
    {
        if (_keysCame.IsSet)
        {
            _keysCame.Reset();
            MarkActive();
        }

        if (++_yields < IdleYields && caller.Cpu.Tsc - _activeAt < IdleNanoseconds) return;
        if (!request.Keys.IsOver)
        {
            _keysCame.Wait(Nap);
            return;
        }

        _isIdle = _isStopped = true;
        caller.Domain.Xen.Stop(StopReason.Requested);
    }

    public void Dispose() => _keysCame.Dispose();

    /// <exception cref="InternalErrorException">the watch itself failed, so that there is no verdict</exception>
    public void ThrowIfFailed()
    {
        if (Next is GuardedObserver { Failure: { } e }) throw new InternalErrorException($"the watch failed: {e.Message}", e);
    }

    /// <summary>Everything there is to say, now that the run is over.</summary>
    public RunOutcome Conclude(Domain domain, RunResult result, double cpuSeconds)
    {
        StoppedBy stoppedBy = Stop(result.Reason);
        (Verdict verdict, string? reason) = Judge(stoppedBy);
        return new()
        {
            Verdict = verdict,
            Mode = domain.Is32Bit ? "pv32pae" : "pv64",
            Reason = reason,
            StoppedBy = stoppedBy,
            ShutdownReason = stoppedBy switch
            {
                StoppedBy.Crash => domain.CrashReason,
                StoppedBy.Shutdown => $"{domain.ShutdownReason}".ToLowerInvariant(),
                _ => null,
            },
            LimitReached = stoppedBy != StoppedBy.Limit ? null : _isIdle || result.Reason == StopReason.Blocked ? "idle" : "instructions",
            Until = request.Until ?? request.Prompt,
            Console = _console.WrittenMemory,
            Instructions = domain.Vcpus.Aggregate(0UL, (sum, v) => sum + v.Cpu.Retired),
            Hypercalls = new SortedDictionary<string, ulong>(domain.Hypercalls.ByName.ToDictionary(), StringComparer.Ordinal),
            Unimplemented = [.. domain.Vcpus.SelectMany(v => v.Cpu.Unimplemented.Keys).Distinct().Order(StringComparer.Ordinal)],
            Counts = watch?.Counts ?? WatchCounts.None,
            CpuSeconds = cpuSeconds,
            Seed = request.Seed,
            IsWatched = watch is not null,
            Finding = watch?.Finding,
        };
    }

    private StoppedBy Stop(StopReason reason) => watch?.Finding switch
    {
        { IsViolation: true } => StoppedBy.Violation,
        { IsViolation: false } => StoppedBy.Divergence,
        null => reason switch
        {
            StopReason.Requested when _isUntilSeen && !_isIdle => StoppedBy.Until,
            StopReason.Shutdown => StoppedBy.Shutdown,
            StopReason.Crash => StoppedBy.Crash,
            StopReason.Interrupt => StoppedBy.Interrupt,
            _ => StoppedBy.Limit,
        },
    };

    private (Verdict Verdict, string? Reason) Judge(StoppedBy stoppedBy) => stoppedBy switch
    {
        StoppedBy.Violation => (Verdict.Violated, null),
        StoppedBy.Divergence => (Verdict.Diverged, null),
        _ when watch is null => (Verdict.Inconclusive, "the watch was off, so nothing was compared"),
        _ when request.Until is not null && !_isUntilSeen => (Verdict.Inconclusive, $"the console never showed '{request.Until}'"),
        _ => (Verdict.Holds, null),
    };
}
