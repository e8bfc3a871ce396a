using Conformance.Bridge;
using Implementation.Hypervisor;
using Model;

namespace Conformance.Watch;

/// <summary>Requests in whose middle others are made: the model is stopped where the hypervisor stopped, and both are compared there.</summary>
public sealed partial class ModelWatch
{
    private readonly Stack<Interrupted> _interrupted = [];
    private Underway? _underway;
    private Stop? _stop;
    private ulong _since, _others;
    private (int Domain, int Vcpu) _actor;

    /// <summary>What is kept of an element while others have their turn.</summary>
    /// <param name="Actor">domain and vCPU that it is of</param>
    /// <param name="Asked">the element</param>
    /// <param name="Batch">what it is an element of</param>
    /// <param name="Underway">the model's half-way state of it</param>
    /// <param name="Stop">where the model is to stop</param>
    /// <param name="Since">chances that there had been when it began</param>
    /// <param name="Others">chances since then that were others'</param>
    /// <param name="Chances">chances that there had been when it was interrupted</param>
    /// <param name="Named">the entries that it names, as they were before it</param>
    private sealed record Interrupted(
        (int Domain, int Vcpu) Actor, Decoded Asked, Batch? Batch, Underway Underway, Stop Stop, ulong Since, ulong Others, ulong Chances, IReadOnlyList<(Mfn, int, Entry)> Named);

    /// <summary>Stops the model at a chance, by its number from 1.</summary>
    private sealed class Stop
    {
        public ulong At { get; set; }

        /// <summary>Chances that there were so far.</summary>
        public ulong Asked { get; private set; }

        public bool Ask() => ++Asked == At;
    }

    /// <summary>Chances that the element at hand itself has had.</summary>
    private ulong OwnChances => _xen.PageTables.Chances - _since - _others;

    public void RequestPaused()
    {
        if (!IsActive) return;
        _stop ??= new();
        _stop.At = OwnChances;
        if (_underway is null) _underway = Model.Begin(_asked.Request, _stop.Ask);
        else Model.Continue(_underway);

        if (_underway.Answer is { } answer) _comparison.Differ(default, $"chance {_stop.At} to interrupt the request", $"never: it answers {answer}", "interrupted");
        _interrupted.Push(new(_actor, _asked, _batch, _underway, _stop, _since, _others, _xen.PageTables.Chances, [.. _named]));
        (_underway, _stop, _batch) = (null, null, null);
        Settle();
    }

    public void RequestResuming()
    {
        if (!IsActive) return;
        Interrupted own = _interrupted.Pop();
        (_asked, _batch, _underway, _stop, _since) = (own.Asked, own.Batch, own.Underway, own.Stop, own.Since);
        _others = own.Others + _xen.PageTables.Chances - own.Chances;
        _actor = own.Actor;
        _journal.Begin(_actor, "goes on", own.Asked.Request);
        _mirror.Learn(own.Asked.Request);
        _named.Clear();
        _named.AddRange(own.Named);
    }

    private void BeginCounting() => (_since, _others) = (_xen.PageTables.Chances, 0);

    /// <summary>Performs what is left of a request that was interrupted.</summary>
    private Answer PerformRest()
    {
        _stop!.At = 0;
        Model.Continue(_underway!);
        _comparison.Answers("chances to interrupt the request", (long)_stop.Asked, (long)OwnChances);
        Answer answer = _underway!.Answer!.Value;
        (_underway, _stop) = (null, null);
        return answer;
    }
}
