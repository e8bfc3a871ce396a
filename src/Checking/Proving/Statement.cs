using Checking.Proving.Unbounded;
using Model;
using Model.Domains;
using Model.Invariants;

namespace Checking.Proving;

/// <summary>A claim of an invariant about one state, for every value of the words it speaks of.</summary>
/// <param name="Invariant">the id of the invariant</param>
/// <param name="Part">which of the invariant's claims it is, from 1</param>
internal sealed record Statement(
    string Invariant, int Part, IReadOnlyList<(string Name, Sort Sort)> Variables, Func<Term[], Formula> Holds)
{
    /// <summary>What to say of words of which it is false: entry is what the slot says, where the claim speaks of a slot.</summary>
    public required Func<Witnesses, string> Witness { get; init; }

    /// <summary>Stable, and fit for a file's name: "I-TEXCL.2".</summary>
    public string Name => $"{Invariant}.{Part}";

    /// <summary>It holds of all words.</summary>
    public Formula Everywhere => Formula.ForAll([.. Variables.Select(v => ($"all_{v.Name}", v.Sort))], Holds);

    /// <summary>The words of which it may be false.</summary>
    public Term[] Somewhere => [.. Variables.Select(v => Term.Fresh($"some_{v.Name}", v.Sort))];

    /// <summary>It holds of words of which nothing is known; whoever refutes this has refuted <see cref="Everywhere"/>.</summary>
    public Formula OfSome => Holds(Somewhere);

    public override string ToString() => Name;
}

/// <summary>The words of which a claim is false, as the model's witnesses take them.</summary>
internal sealed record Witnesses(IReadOnlyList<VcpuId> Vcpus, IReadOnlyList<FrameView> Frames, IReadOnlyList<int> Slots, Entry Entry);

/// <summary>Everything that is claimed of a state after every step.</summary>
internal static class Statements
{
    /// <summary>The shape of a state, then the invariants in the order of <c>spec/invariants.md</c>; not those of rest.</summary>
    public static IReadOnlyList<Statement> Of(SymbolicState state) =>
        [.. Shape.Of(state), .. Invariants(state).SelectMany(i => i.Claims.Select((claim, k) => Of(i.Id, k + 1, claim)))];

    /// <summary>The invariants that are said of the state after every step.</summary>
    public static IEnumerable<Invariant<Formula, Term>> Invariants(SymbolicState state) =>
        new SymbolicInvariants(state).All.Where(i => !i.IsAtRest);

    private static Statement Of(string id, int part, Claim<Formula, Term> claim) => claim switch
    {
        OfFrame<Formula, Term> c => new(id, part, [("f", Sort.Frame)], at => c.Holds(at[0]))
        {
            Witness = w => c.Witness(w.Frames[0]),
        },
        OfVcpu<Formula, Term> c => new(id, part, [("v", Sort.Vcpu), ("f", Sort.Frame)], at => c.Holds(at[0], at[1]))
        {
            Witness = w => c.Witness(w.Vcpus[0], w.Frames[0]),
        },
        OfEntry<Formula, Term> c => new(
            id, part, [("t", Sort.Frame), ("i", Sort.Slot), ("f", Sort.Frame)], at => c.Holds(at[0], at[1], at[2]))
        {
            Witness = w => c.Witness(w.Frames[0], w.Slots[0], w.Entry, w.Frames[1]),
        },
        _ => throw new InvalidOperationException($"{id} makes a claim of an unknown kind"),
    };
}
