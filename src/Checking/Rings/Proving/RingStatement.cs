using Checking.Proving.Unbounded;
using Model.Domains;
using Model.Rings;

namespace Checking.Rings.Proving;

/// <summary>A claim of an invariant of ring protection about one state, for every value of the words it speaks of.</summary>
/// <param name="Part">which of the invariant's claims it is, from 1</param>
internal sealed record RingStatement(RingInvariant<Formula, Term> Invariant, int Part, RingClaim<Formula, Term> Claim)
{
    /// <summary>Stable, and fit for a file's name: "I-CRING.2".</summary>
    public string Name => $"{Invariant.Id}.{Part}";

    /// <summary>It holds of all words.</summary>
    public Formula Everywhere => Formula.ForAll([.. Claim.Of.Select((sort, k) => ($"all{k}", sort))], Claim.At);

    /// <summary>The words of which it may be false.</summary>
    public Term[] Somewhere => [.. Claim.Of.Select((sort, k) => Term.Fresh($"some{k}", sort))];

    /// <summary>It holds of words of which nothing is known; whoever refutes this has refuted <see cref="Everywhere"/>.</summary>
    public Formula OfSome => Claim.At(Somewhere);

    /// <summary>Everything that is claimed of a state.</summary>
    public static IReadOnlyList<RingStatement> Of(SymbolicRings state) =>
        [.. new SymbolicRingInvariants(state).All.SelectMany(i => i.Claims.Select((claim, k) => new RingStatement(i, k + 1, claim)))];

    public override string ToString() => Name;
}
