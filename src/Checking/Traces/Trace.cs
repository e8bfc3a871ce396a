namespace Checking.Traces;

/// <summary>How a property comes to be broken: where it begins, what is done, what each step changes, and what is then wrong.</summary>
/// <param name="Property">the clause that fails, as <c>I-TEXCL</c></param>
/// <param name="Says">the clause in the words of the specification</param>
/// <param name="Source">where the claim comes from and what broke it before</param>
/// <param name="Start">facts of the first state: "mfn:0" → "d1  L4 ×1 pinned"</param>
/// <param name="Witness">what breaks the property in the last state</param>
public sealed record Trace(
    string Property,
    string Says,
    string Source,
    IReadOnlyList<KeyValuePair<string, string>> Start,
    IReadOnlyList<TraceStep> Steps,
    string Witness);

/// <param name="Action">"d1  mmu_update  mfn:0[0] := mfn:0 rw  = 0"</param>
public sealed record TraceStep(string Action, IReadOnlyList<Change> Changes);

/// <summary>A fact before and after a step; null where there is none.</summary>
public readonly record struct Change(string Fact, string? Before, string? After);
