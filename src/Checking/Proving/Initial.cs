using Checking.Proving.Unbounded;
using Model;
using Model.Domains;

namespace Checking.Proving;

/// <summary>A machine before boot: everything that is claimed of every state holds of it.</summary>
internal static class Initial
{
    public const string Group = "initial";

    public static Batch Batch()
    {
        SymbolicState state = Symbolic.State();
        IReadOnlyList<Statement> statements = Statements.Of(state);
        Formula[] claims = [.. statements.Select(s => s.OfSome)];
        return new(
            Group,
            "boot",
            [.. Boot(state), .. Shape.OfConstants(state).Select(s => s.Everywhere), .. Uncounted(new Signature(claims))],
            [.. statements.Zip(claims, (s, claim) => new Goal(s.Invariant, s.Name, claim) { Statement = s })])
        {
            MustBePossible = true,
        };
    }

    /// <summary>Every frame is nobody's or Xen's own, and nothing is known of any; all vCPUs are in their kernels.</summary>
    public static IEnumerable<Formula> Boot(SymbolicState s)
    {
        yield return Formula.ForAll("f", Sort.Frame, f => Is(s.Owner[f], Sort.Domain, Domid.Nobody.Value) | Is(s.Owner[f], Sort.Domain, Domid.Xen.Value));
        yield return Formula.ForAll("f", Sort.Frame, f => Is(s.Type[f], Sort.Type, (int)PageType.None));
        yield return Formula.ForAll("f", Sort.Frame, f => Is(s.TypeCount[f], Sort.Count, 0) & Is(s.RefCount[f], Sort.Count, 0));
        yield return Formula.ForAll("v", Sort.Vcpu, v => s.InKernel[v]);
        foreach (Predicate relation in s.Relations())
        {
            if (Shape.Constant.Contains(relation.Symbol.Name) || relation.Symbol.Name == nameof(s.InKernel)) continue;

            yield return Formula.ForAll(relation.Symbol.Variables, at => !relation.Read(at));
        }
    }

    /// <summary>Nobody holds anything, so every count is of none.</summary>
    private static IEnumerable<Formula> Uncounted(Signature mentioned) =>
        from symbol in mentioned.Symbols
        where symbol.Counts is not null
        select Formula.ForAll(
            symbol.Variables,
            at => Is(new Term(new Apply(symbol, [.. at.Select(a => a.Node)])), Sort.Count, 0));

    private static Formula Is(Term term, Sort sort, int value) => term == Term.Literal(sort, value);
}
