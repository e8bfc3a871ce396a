using Checking.Proving.Unbounded;
using Model.Domains;

namespace Checking.Proving;

/// <summary>The lemma that a count moves as the formulas have it move.</summary>
/// <remarks>
/// <para>
/// The formulas know nothing of a count but that it moves by one where one point became related or ceased to be
/// (<see cref="Predicate"/>). I-REF and I-TCOUNT, proved inductive with that, say that Xen's integers move as the number of
/// holders moves, and they begin as it begins, with none. What is left is that numbers of holders do move so.
/// </para>
/// <para>
/// A set has n members if its members can be numbered from 0 to n - 1, each number used once. From a numbering of the
/// set before a change, one of the set after it is made: a new member gets the next number; the number of a member that goes is
/// taken over by the last. The lemma is that these are numberings, and of the size the formulas have. It takes for granted that
/// a frame has finitely many holders (a step adds at most one to each kind), and that no set has numberings of two sizes.
/// </para>
/// </remarks>
internal static class Counting
{
    public const string Group = "counts";

    private static readonly Term s_none = Term.Literal(Sort.Count, 0);

    private static readonly Term s_one = Term.Literal(Sort.Count, 1);

    public static Batch Batch()
    {
        Numbered before = new(
            new Predicate("Held", [Sort.Vcpu, Sort.Frame]),
            new Valuation("Number", Sort.Vcpu, Sort.Count),
            new Valuation("Numbered", Sort.Count, Sort.Vcpu),
            Term.Fresh("f", Sort.Frame));
        Term x = Term.Fresh("x", Sort.Vcpu), other = Term.Fresh("g", Sort.Frame);
        Formula isHeld = before.Set[x, before.Frame];

        return new(Group, "lemma", [before.IsRight],
        [
            Goal("none", Formula.Implies(before.Set.Empty(null, before.Frame), before.Size == s_none)),
            Goal("added", Formula.Implies(!isHeld, before.Added(x).IsRight)),
            Goal("added-again", Formula.Implies(isHeld, before.Changed(x, true, before.Frame).IsRight)),
            Goal("taken", Formula.Implies(isHeld, before.TakenAway(x).IsRight)),
            Goal("taken-again", Formula.Implies(!isHeld, before.Changed(x, false, before.Frame).IsRight)),
            Goal("added-elsewhere", Formula.Implies(other != before.Frame, before.Changed(x, true, other).IsRight)),
            Goal("taken-elsewhere", Formula.Implies(other != before.Frame, before.Changed(x, false, other).IsRight)),
        ])
        {
            MustBePossible = true,
        };
    }

    /// <summary>What the lemma says of counts of nothing: where nothing is related, there are none.</summary>
    public static IEnumerable<Formula> NothingIsNone(Signature mentioned) =>
        from symbol in mentioned.Symbols
        where symbol.Counts is not null
        let counts = symbol.Counts!.Value
        select Formula.ForAll([.. symbol.Columns.Select((sort, k) => ($"counted{k}", sort))], at =>
        {
            Queue<Term> given = new(at);
            Term?[] point = [.. counts.Given.Select(isGiven => isGiven ? given.Dequeue() : (Term?)null)];
            Predicate relation = new(counts.Relation.Name, counts.Relation.Columns);
            return Formula.Implies(relation.Empty(point), new Term(new Apply(symbol, [.. at.Select(a => a.Node)])) == s_none);
        });

    private static Goal Goal(string name, Formula claim) => new("I-REF", name, claim);

    /// <summary>The holders of one frame, and a numbering of them.</summary>
    private sealed record Numbered(Predicate Set, Valuation Number, Valuation At, Term Frame)
    {
        public Term Size => Set.Count(null, Frame);

        /// <summary>It numbers the holders, from 0 to one less than there are by the formulas' rule.</summary>
        public Formula IsRight =>
            !(Size < s_none)
            & Formula.ForAll("any", Sort.Vcpu, any => Formula.Implies(Set[any, Frame], IsInUse(Number[any]) & At[Number[any]] == any))
            & Formula.ForAll("k", Sort.Count, k => Formula.Implies(IsInUse(k), Set[At[k], Frame] & Number[At[k]] == k));

        /// <summary>The change alone: the numbering stays.</summary>
        public Numbered Changed(Term x, bool value, Term frame)
        {
            Numbered changed = this with { Set = Set.Copy(), Number = Number.Copy(), At = At.Copy() };
            changed.Set.Assign(Formula.Of(true), Formula.Of(value), x, frame);
            return changed;
        }

        /// <summary>A new member gets the next number.</summary>
        public Numbered Added(Term x)
        {
            Numbered changed = Changed(x, true, Frame);
            changed.Number.Assign(Formula.Of(true), x, Size);
            changed.At.Assign(Formula.Of(true), Size, x);
            return changed;
        }

        /// <summary>The last takes over the number of a member that goes.</summary>
        public Numbered TakenAway(Term x)
        {
            Numbered changed = Changed(x, false, Frame);
            Term last = At[Size - s_one], free = Number[x];
            changed.Number.Assign(Formula.Of(true), last, free);
            changed.At.Assign(Formula.Of(true), free, last);
            return changed;
        }

        private Formula IsInUse(Term k) => !(k < s_none) & k < Size;
    }
}
