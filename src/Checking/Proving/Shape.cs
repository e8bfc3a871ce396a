using Checking.Proving.Unbounded;
using Model;
using Model.Domains;

namespace Checking.Proving;

/// <summary>What a state is made of: relations that are functions, and vCPUs that have a domain.</summary>
/// <remarks>
/// The concrete meaning has these built into what keeps a relation; without them a formula would speak of states that no
/// machine has. They are assumed together with the invariants, and proved together with them.
/// </remarks>
[Clause("I-SHAPE")]
internal static class Shape
{
    /// <summary>The id of the clause.</summary>
    public const string Id = "I-SHAPE";

    /// <summary>The clause's sentence.</summary>
    public const string Says = "A slot names at most one frame, a vCPU has at most one kernel root, and its domain is neither nobody nor Xen, who are no 32-bit guests.";

    /// <summary>Where Xen says so.</summary>
    public const string Source = "l1_pgentry_t, xen/arch/x86/include/asm/x86_64/page.h; struct arch_vcpu, xen/arch/x86/include/asm/domain.h";

    /// <summary>The relations that are given with a machine and never change.</summary>
    public static IReadOnlySet<string> Constant { get; } = new HashSet<string>
    {
        nameof(SymbolicState.Compat), nameof(SymbolicState.XenSlot), nameof(SymbolicState.XenL2Slot), nameof(SymbolicState.FixedSlot), nameof(SymbolicState.SpareSlot),
    };

    /// <summary>The claims about a state.</summary>
    public static IReadOnlyList<Statement> Of(SymbolicState s) =>
    [
        new(Id, 1, [("t", Sort.Frame), ("i", Sort.Slot), ("f", Sort.Frame), ("g", Sort.Frame)],
            at => Formula.Implies(s.Entry[at[0], at[1], at[2]] & s.Entry[at[0], at[1], at[3]], at[2] == at[3]))
        {
            Witness = w => $"{w.Frames[0].Frame}[{w.Slots[0]}] names both {w.Frames[1].Frame} and {w.Frames[2].Frame}",
        },
        new(Id, 2, [("v", Sort.Vcpu), ("f", Sort.Frame), ("g", Sort.Frame)],
            at => Formula.Implies(s.KernelBase[at[0], at[1]] & s.KernelBase[at[0], at[2]], at[1] == at[2]))
        {
            Witness = w => $"{w.Vcpus[0]} has two kernel roots, {w.Frames[0].Frame} and {w.Frames[1].Frame}",
        },
        new(Id, 3, [("v", Sort.Vcpu)], at => s.Home[at[0]] != Literal(Domid.Nobody) & s.Home[at[0]] != Literal(Domid.Xen))
        {
            Witness = w => $"{w.Vcpus[0]} belongs to no domain",
        },
        new(Id, 4, [("d", Sort.Domain)], at => !s.Compat[at[0]] | (at[0] != Literal(Domid.Nobody) & at[0] != Literal(Domid.Xen)))
        {
            Witness = _ => "nobody, or Xen, is a 32-bit guest",
        },
    ];

    /// <summary>What is claimed of that part of a state that never changes, and is given with a machine.</summary>
    public static IEnumerable<Statement> OfConstants(SymbolicState state) => Of(state).Where(s => s.Part >= 3);

    private static Term Literal(Domid domain) => Term.Literal(Sort.Domain, domain.Value);
}
