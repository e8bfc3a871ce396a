using Checking.Proving.Unbounded;
using Model.Faults;

namespace Checking.Proving;

/// <summary>Every step from a state in which everything holds leads to such a state.</summary>
internal static class Inductive
{
    public const string Group = "inductive";

    /// <summary>For each step: what is claimed of every state, and the step's guard, give every claim again.</summary>
    public static IEnumerable<Batch> Batches(Fault? fault)
    {
        SymbolicState before = Symbolic.State();
        Formula[] given = [.. Statements.Of(before).Select(s => s.Everywhere)];
        return MicroStep.All.Select(step => Batch(step.Take(before, step.Arguments(), fault), given));
    }

    /// <summary>The queries about one step.</summary>
    /// <param name="given">what is claimed of the state before it</param>
    public static Batch Batch(Taken taken, IReadOnlyList<Formula> given) => new(
        Group,
        taken.Step.Name,
        [.. given, taken.May],
        [.. Statements.Of(taken.After).Select(s => new Goal(s.Invariant, s.Name, s.OfSome) { Statement = s })])
    {
        MustBePossible = true,
        Taken = taken,
    };
}
