using Model;

namespace Checking.Proving.Mutation;

/// <summary>Conditions that may go without any claim noticing.</summary>
/// <param name="Clause">the clause of <c>spec/redundant-guards.md</c> that says why they stand</param>
/// <param name="Condition">as the model's text has it</param>
internal sealed record Redundant(string Clause, string[] Steps, string Condition)
{
    /// <summary>The clause for conditions that the others and the invariants imply; which these are Z3 finds out.</summary>
    [Clause("G-1")]
    public const string Implied = "G-1";

    /// <summary>The others, in the order of the specification.</summary>
    [Clause("G-2"), Clause("G-3"), Clause("G-4"), Clause("G-5"), Clause("G-6"), Clause("G-7"), Clause("G-8")]
    public static IReadOnlyList<Redundant> All { get; } =
    [
    ];

    /// <summary>The clause that says why the step asks for the condition, or null if none does.</summary>
    public static string? Why(string step, string condition) => All.FirstOrDefault(r => r.Condition == condition && r.Steps.Contains(step))?.Clause;
}
