using Checking.Proving.Counterexamples;
using Checking.Proving.Unbounded;
using Model.Faults;

namespace Checking.Proving;

/// <summary>Every step from a state in which everything holds leads to such a state.</summary>
internal static class Inductive
{
    public const string Group = "inductive";

    /// <summary>Steps that no state admits, as it should be, and why.</summary>
    public static IReadOnlyDictionary<string, string> Shut { get; } = new Dictionary<string, string>
    {
        [nameof(SymbolicSteps.FillSuperpage)] = "no live entry has PSE (I-TBITS); the step shows what an audit that admits it would open",
    };

    /// <summary>For each step: what is claimed of every state, and the step's guard, give every claim again.</summary>
    public static IEnumerable<Batch> Batches(Fault? fault)
    {
        SymbolicState before = Symbolic.State();
        Formula[] given = [.. Statements.Of(before).Select(s => s.Everywhere)];
        Batch Of(MicroStep step, Fault? mistake) => Batch(step.Take(before, step.Arguments(), mistake), given, mistake);
        return MicroStep.All.Select(step => fault is null ? Of(step, null) : Of(step, fault).DoubtedUnless(Of(step, null)));
    }

    private static Batch Batch(Taken taken, IReadOnlyList<Formula> given, Fault? fault)
    {
        Batch batch = new(
            Group,
            taken.Step.Name,
            [.. given, taken.May],
            [.. Statements.Of(taken.After).Select(s => new Goal(s.Invariant, s.Name, s.OfSome) { Statement = s })])
        {
            MustBePossible = true,
            Taken = taken,
            Guards = [taken.May],
        };
        return batch with { Explain = (desk, goal) => Telling.Find(desk, batch, goal, fault) };
    }
}
