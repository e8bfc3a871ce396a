using Model;

namespace Checking.Proving.Mutation;

/// <summary>Conditions that may go without any invariant noticing, and the clause of <c>spec/redundant-guards.md</c> that says why they stand.</summary>
internal static class Redundant
{
    /// <summary>The clause for conditions that the others and the invariants imply.</summary>
    [Clause("G-1")]
    public const string Implied = "G-1";

    /// <summary>The clause that says why the step asks for the condition, or null if none does.</summary>
    public static string? Why(string step, string condition) => null;
}
