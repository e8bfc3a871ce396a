using Implementation.Hypervisor;
using Model.Domains;
using Model.Domains.Concrete;
using Model.Rings;

namespace Conformance.Watch.Rings;

/// <summary>The invariants of ring protection, evaluated on what a vCPU's state speaks of.</summary>
internal sealed class RingClaims
{
    private readonly VcpuRings _r;
    private readonly (RingInvariant<Truth, RingWord> Invariant, RingClaim<Truth, RingWord> Claim)[] _claims;
    private readonly RingWord[][] _points = new RingWord[4][];
    private readonly List<RingWord> _addresses = [], _positions = [];

    public RingClaims(VcpuRings r)
    {
        _r = r;
        _claims = [.. from invariant in r.World.Invariants.All from claim in invariant.Claims where !claim.IsOfConstants && !IsByShape(invariant) select (invariant, claim)];
        for (int n = 0; n < _points.Length; n++) _points[n] = new RingWord[n + 1];
    }

    /// <summary>Evaluates every claim on the vCPU, the positions that its selectors name, and the addresses that it is at.</summary>
    public void Check()
    {
        Gather();
        foreach ((RingInvariant<Truth, RingWord> invariant, RingClaim<Truth, RingWord> claim) in _claims) Check(invariant, claim, _points[claim.Of.Count - 1], 0);
    }

    /// <summary>What the stores hold by their own make: at most one of what there is to be at most one.</summary>
    private static bool IsByShape(RingInvariant<Truth, RingWord> invariant) => invariant.Id == "I-RSHAPE";

    private void Gather()
    {
        int v = _r.V;
        _addresses.Clear();
        _positions.Clear();
        _addresses.Add(_r.S.Ip[v]);
        foreach (ulong address in _r.World.Reached.Row((ulong)v)) _addresses.Add(address);
        foreach (ulong address in _r.World.Watched.Row((ulong)v)) _addresses.Add(address);
        _positions.Add(_r.World.CodeOf(v));
        foreach (int position in _r.World.Named(v)) _positions.Add(position);
    }

    private void Check(RingInvariant<Truth, RingWord> invariant, RingClaim<Truth, RingWord> claim, RingWord[] at, int column)
    {
        if (column == at.Length)
        {
            _r.Ledger.Checks++;
            if (!claim.At(at)) Violated(invariant, claim, at);
            return;
        }

        switch (claim.Of[column])
        {
            case Sort.Vcpu or Sort.Processor:
                Try(_r.V);
                break;
            case Sort.Ring:
                for (int ring = 0; ring < 4; ring++) Try(ring);
                break;
            case Sort.Facility:
                for (int x = 0; x < RingWorld.Facilities; x++) Try(x);
                break;
            case Sort.Vector:
                Try(_r.Trip.Entry);
                break;
            case Sort.Slot:
                foreach (RingWord position in _positions) Try(position);
                break;
            case Sort.Address:
                foreach (RingWord address in _addresses) Try(address);
                break;
        }

        void Try(RingWord word)
        {
            at[column] = word;
            Check(invariant, claim, at, column + 1);
        }
    }

    private void Violated(RingInvariant<Truth, RingWord> invariant, RingClaim<Truth, RingWord> claim, RingWord[] at) =>
        _r.Ledger.Violated(new(invariant.Id, invariant.Says, invariant.Source, claim.Witness([.. at.Zip(claim.Of, Name)])));

    private string Name(RingWord word, Sort sort) => sort switch
    {
        Sort.Vcpu => $"d{_r.Vcpu.Domain.Id}v{word.Index}",
        Sort.Processor => $"the processor of d{_r.Vcpu.Domain.Id}v{word.Index}",
        Sort.Ring => $"level {word.Index}",
        Sort.Vector => Frames.Name(word.Index),
        Sort.Slot => $"position 0x{word}",
        Sort.Facility => word.Index == RingWorld.Floating ? "floating point" : "the time-stamp counter",
        _ => $"0x{word}",
    };
}
