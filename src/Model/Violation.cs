namespace Model;

/// <summary>An invariant that does not hold.</summary>
/// <param name="InvariantId">the clause of <c>spec/invariants.md</c></param>
/// <param name="Says">what ought to hold</param>
/// <param name="Source">where Xen says so, and what history broke it</param>
/// <param name="Witness">one sentence that names the frames for which it does not hold</param>
public readonly record struct Violation(string InvariantId, string Says, string Source, string Witness);
