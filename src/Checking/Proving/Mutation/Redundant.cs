using Checking.Rings.Proving;
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
    [Clause("G-2"), Clause("G-3"), Clause("G-4"), Clause("G-5"), Clause("G-6"), Clause("G-7"), Clause("G-8"), Clause("G-9")]
    public static IReadOnlyList<Redundant> All { get; } =
    [
        new("G-2", ["Allocate", "Share"], "d != Xen"),
        new("G-2", ["Free"], "Owner[f] != Xen"),
        new("G-3", ["AuditOwnLinear"], "!Audited[table, slot]"),
        new("G-3", ["BeginDevalidate"], "Valid[f]"),
        new("G-3", ["ClaimXenSlot"], "Partial[table]"),
        new("G-3", ["EnterKernel"], "!InKernel[v]"),
        new("G-3", ["EnterUser"], "InKernel[v]"),
        new("G-3", ["Finish"], "Partial[f]"),
        new("G-3", ["Free"], "Owner[f] != Nobody"),
        new("G-3", ["Settle"], "Stale[f]"),
        new("G-3", ["UndoEntry"], "Audited[table, slot]"),
        new("G-4", ["Begin"], "Type[f] != type | !Valid[f]"),
        new("G-4", ["BeginDevalidate"], "Type[f] == L1 | Type[f] == L2 | Type[f] == L3 | Type[f] == L4 | Type[f] == XenL2"),
        new("G-5", ["ClaimXenSlot"], "!Stale[table]"),
        new("G-5", ["ClearEntry", "EditInPlace"], "Valid[table]"),
        new("G-5", ["WriteData"], "Valid[f]"),
        new("G-6", ["Fill"], "InKernel[v] in (InKernel[v] & KernelBase[v, t4]) | (!InKernel[v] & UserBase[v, t4])"),
        new("G-6", ["Fill"], "!InKernel[v] in (InKernel[v] & KernelBase[v, t4]) | (!InKernel[v] & UserBase[v, t4])"),
        new("G-7", ["Finish"], "Type[f] != DescriptorPage | lawful"),
        new("G-8", ["TakeType"], "Type[f] == type"),
        new("G-9", ["EditInPlace"], "!(Type[table] == L3 & Compat[Owner[table]] & FixedSlot[slot])"),
        .. RingRedundant.All,
    ];

    /// <summary>The clause that says why the step asks for the condition, or null if none does.</summary>
    public static string? Why(string step, string condition) => All.FirstOrDefault(r => r.Condition == condition && r.Steps.Contains(step))?.Clause;
}
