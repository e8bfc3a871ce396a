using System.Runtime.InteropServices;
using Implementation.Hypervisor;
using Model.Domains;
using Model.Domains.Concrete;
using Model.Rings;

namespace Conformance.Watch.Rings;

/// <summary>The invariants of ring protection, evaluated on what a vCPU's state speaks of.</summary>
internal sealed class RingClaims
{
    private static readonly RingWord[] s_rings = [0, 1, 2, 3], s_facilities = [RingWorld.Floating, RingWorld.Clock];

    private readonly VcpuRings _r;
    private readonly List<Instances> _claims = [];
    private readonly RingWord[] _vcpu, _vector = new RingWord[1];
    private readonly List<RingWord> _addresses = [], _positions = [];

    /// <summary>A claim, and the words that it is evaluated on.</summary>
    /// <param name="At">the words at hand, as many as the claim speaks of</param>
    private sealed record Instances(RingInvariant<Truth, RingWord> Invariant, RingClaim<Truth, RingWord> Claim, RingWord[] At);

    public RingClaims(VcpuRings r)
    {
        _r = r;
        _vcpu = [r.V];
        foreach (RingInvariant<Truth, RingWord> invariant in r.World.Invariants.All)
        {
            foreach (RingClaim<Truth, RingWord> claim in invariant.Claims)
            {
                if (!claim.IsOfConstants && !IsByShape(invariant)) _claims.Add(new(invariant, claim, new RingWord[claim.Of.Count]));
            }
        }
    }

    /// <summary>Evaluates every claim on the vCPU, the positions that its selectors name, and the addresses that it is at.</summary>
    public void Check()
    {
        Gather();
        foreach (Instances claim in _claims) Check(claim, 0);
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
        _vector[0] = _r.Trip.Entry;
        _positions.Add(_r.World.CodeOf(v));
        foreach (int position in _r.World.Named(v)) _positions.Add(position);
    }

    private void Check(Instances claim, int column)
    {
        RingWord[] at = claim.At;
        foreach (RingWord word in Words(claim.Claim.Of[column]))
        {
            at[column] = word;
            if (column + 1 < at.Length)
            {
                Check(claim, column + 1);
                continue;
            }

            _r.Ledger.Checks++;
            if (claim.Claim.Where(at) && !claim.Claim.Holds(at)) Violated(claim);
        }
    }

    private ReadOnlySpan<RingWord> Words(Sort sort) => sort switch
    {
        Sort.Vcpu or Sort.Processor => _vcpu,
        Sort.Ring => s_rings,
        Sort.Facility => s_facilities,
        Sort.Vector => _vector,
        Sort.Slot => CollectionsMarshal.AsSpan(_positions),
        Sort.Address => CollectionsMarshal.AsSpan(_addresses),
        _ => [],
    };

    private void Violated(Instances claim)
    {
        (RingInvariant<Truth, RingWord> invariant, RingClaim<Truth, RingWord> of, RingWord[] at) = claim;
        _r.Ledger.Violated(new(invariant.Id, invariant.Says, invariant.Source, of.Witness([.. at.Zip(of.Of, Name)])));
    }

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
