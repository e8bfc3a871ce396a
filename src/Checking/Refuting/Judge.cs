using Checking.Refuting.Finite;
using Model.Domains;
using Model.Domains.Concrete;
using Model.Invariants;
using FiniteInvariants = Model.Invariants.Invariants<
    Checking.Refuting.Finite.Formula, Checking.Refuting.Finite.FiniteWord, Checking.Refuting.Finite.FiniteRelation, Checking.Refuting.Finite.FiniteMap>;

namespace Checking.Refuting;

/// <summary>Says of a state when an invariant is broken in it.</summary>
/// <param name="counts">Xen's integers are kept track of, and judged</param>
/// <param name="leftovers">a request that leaves something in a vCPU's hands breaks I-BRC; else no such request is looked at</param>
internal sealed class Judge(Universe universe, bool counts, bool leftovers)
{
    public bool JudgesCounts => counts;

    public bool JudgesLeftovers => leftovers;

    /// <summary>The request leaves a state in which an invariant is broken.</summary>
    public Formula IsBroken(OpenRequest request, string? property)
    {
        Formula broken = request.IsAtRest & IsBroken(request.After, property);
        return leftovers ? broken | !request.IsAtRest : broken;
    }

    /// <param name="property">the only invariant to judge, or null for every one</param>
    private Formula IsBroken(OpenState image, string? property)
    {
        Formula broken = Formula.Of(false);
        foreach (Invariant<Formula, FiniteWord> invariant in new FiniteInvariants(image.State).All)
        {
            if (property is not null && invariant.Id != property) continue;
            if (!counts && invariant.Id is "I-REF" or "I-TCOUNT") continue;

            foreach (Claim<Formula, FiniteWord> claim in invariant.Claims) broken |= IsFalse(claim);
        }

        return broken;
    }

    private Formula IsFalse(Claim<Formula, FiniteWord> claim) => claim switch
    {
        OfFrame<Formula, FiniteWord> c => Any(f => !c.Holds(f), Sort.Frame),
        OfVcpu<Formula, FiniteWord> c => Any(v => Any(f => !c.Holds(v, f), Sort.Frame), Sort.Vcpu),
        OfEntry<Formula, FiniteWord> c => Any(t => Any(i => Any(f => !c.Holds(t, i, f), Sort.Frame), Sort.Slot), Sort.Frame),
        _ => throw new ArgumentException($"a claim of no known kind: {claim}", nameof(claim)),
    };

    private Formula Any(Func<FiniteWord, Formula> holds, Sort sort)
    {
        Formula any = Formula.Of(false);
        for (int each = 0; each < universe.Size(sort); each++) any |= holds(FiniteWord.Literal(sort, each));
        return any;
    }
}
