// The reading of the model over formulas: any number of frames, slots, domains and vCPUs.
global using SymbolicContent = Model.State.Content<Checking.Proving.Unbounded.Formula, Checking.Proving.Unbounded.Term>;
global using SymbolicInvariants = Model.Invariants.Invariants<
    Checking.Proving.Unbounded.Formula, Checking.Proving.Unbounded.Term, Checking.Proving.Unbounded.Predicate, Checking.Proving.Unbounded.Valuation>;
global using SymbolicState = Model.State.State<
    Checking.Proving.Unbounded.Formula, Checking.Proving.Unbounded.Term, Checking.Proving.Unbounded.Predicate, Checking.Proving.Unbounded.Valuation>;
global using SymbolicSteps = Model.Steps.Steps<
    Checking.Proving.Unbounded.Formula, Checking.Proving.Unbounded.Term, Checking.Proving.Unbounded.Predicate, Checking.Proving.Unbounded.Valuation>;
using System.Reflection;

namespace Checking.Proving.Unbounded;

/// <summary>States of which nothing is known.</summary>
internal static class Symbolic
{
    private static readonly PropertyInfo[] s_parts = typeof(SymbolicState).GetProperties();

    /// <summary>A state of which nothing is known; <paramref name="prefix"/> tells it from another in the same query.</summary>
    public static SymbolicState State(string prefix = "") => new(
        (name, sorts) => new(prefix + name, sorts),
        (name, from, to) => new(prefix + name, from, to));

    /// <summary>The relations of a state, in the order of the model's text.</summary>
    public static IEnumerable<Predicate> Relations(this SymbolicState state) =>
        s_parts.Where(p => p.PropertyType == typeof(Predicate)).Select(p => (Predicate)p.GetValue(state)!);

    /// <summary>The functions of a state, in the order of the model's text.</summary>
    public static IEnumerable<Valuation> Functions(this SymbolicState state) =>
        s_parts.Where(p => p.PropertyType == typeof(Valuation)).Select(p => (Valuation)p.GetValue(state)!);
}
