using Checking.Exploration;
using Model.Domains;
using Model.Domains.Concrete;
using Model.Rings;
using Model.Rings.Faults;

namespace Checking.Rings;

/// <summary>What a worker does with states of ring protection: every step of the model's text, tried on a machine of the worker's own.</summary>
internal sealed unsafe class RingHands
{
    private readonly RingMachine _machine;
    private readonly ulong[] _first;
    private readonly RingArguments[] _acts;
    private readonly (RingClaim<Truth, Number> Claim, Number[][] Points)[][] _invariants;

    public RingHands(RingScope scope, RingFault? fault)
    {
        _machine = RingWorld.Build(scope, fault);
        _first = [.. _machine.Cell];
        _acts = [.. RingActs.Of(scope.Part).Select((act, k) => new RingArguments(_machine, scope, act, k))];
        _invariants =
        [
            .. _machine.Invariants.All.Where(i => scope.Shows(i.Id)).Select(i => i.Claims.Where(c => !c.IsOfConstants).Select(c => (c, _machine.Points(c.Of).ToArray())).ToArray()),
        ];
    }

    public RingMachine Machine => _machine;

    public void Begin<TSink>(ref TSink sink) where TSink : struct, ISink, allows ref struct
    {
        fixed (ulong* first = _first) sink.Add(first, 0);
    }

    public void Expand<TSink>(ulong* state, ref TSink sink) where TSink : struct, ISink, allows ref struct
    {
        Put(state);
        foreach (RingArguments act in _acts)
        {
            for (int v = 0; v < act.All.Length; v++)
            {
                if (!IsTime(act.Act.Phase, v)) continue;

                foreach (int[] arguments in act.All[v])
                {
                    if (act.Take(arguments)) Emit(act.Action, state, ref sink);
                }
            }
        }
    }

    public void Check(ulong* state, out ulong violated, out ulong reached)
    {
        Put(state);
        violated = reached = 0;
        for (int i = 0; i < _invariants.Length; i++)
        {
            foreach ((RingClaim<Truth, Number> claim, Number[][] points) in _invariants[i])
            {
                foreach (Number[] point in points)
                {
                    if (!claim.Where(point)) continue;

                    reached |= 1UL << i;
                    if (!claim.Holds(point)) violated |= 1UL << i;
                }
            }
        }
    }

    public void Put(ulong* state) => new ReadOnlySpan<ulong>(state, _machine.Cell.Length).CopyTo(_machine.Cell);

    /// <summary>The step that leads from one state to the other, with its arguments, in words.</summary>
    /// <exception cref="ArgumentException">no step does</exception>
    public string Describe(ReadOnlySpan<ulong> before, ReadOnlySpan<ulong> after)
    {
        foreach (RingArguments act in _acts)
        {
            foreach (int[] arguments in act.All.SelectMany(a => a))
            {
                before.CopyTo(_machine.Cell);
                if (act.Take(arguments) && after.SequenceEqual(_machine.Cell)) return act.Told(arguments);
            }
        }

        throw new ArgumentException("no step leads from the one state to the other", nameof(after));
    }

    /// <summary>What to say of the first words of which the invariant is false.</summary>
    public string Violation(int invariant)
    {
        foreach ((RingClaim<Truth, Number> claim, Number[][] points) in _invariants[invariant])
        {
            if (points.FirstOrDefault(p => !claim.At(p)) is { } point)
                return claim.Witness([.. point.Zip(claim.Of).Select(w => RingWords.Of(w.Second, w.First.Value))]);
        }

        return "";
    }

    private bool IsTime(RingPhase phase, int v)
    {
        ConcreteRings s = _machine.State;
        return phase switch
        {
            RingPhase.Guest => !s.InXen[v],
            RingPhase.Window => s.OnGuestStack[v],
            RingPhase.Xen => s.InXen[v],
            RingPhase.Hypercall => s.Serving[v],
            RingPhase.Raised => !s.Raised.Empty(v, null),
            RingPhase.Gate => !s.Consulted.Empty(v, null),
            _ => true,
        };
    }

    /// <summary>Passes on what the step led to, if that is another state, and puts the state back.</summary>
    private void Emit<TSink>(int action, ulong* state, ref TSink sink) where TSink : struct, ISink, allows ref struct
    {
        if (new ReadOnlySpan<ulong>(state, _machine.Cell.Length).SequenceEqual(_machine.Cell))
        {
            sink.Note(action);
            return;
        }

        fixed (ulong* cell = _machine.Cell) sink.Add(cell, action);
        Put(state);
    }
}
