using Checking.Exploration;

namespace Checking.Memory;

/// <summary>What cannot happen in a scope, and why, so that nobody takes its absence for a gap.</summary>
internal static class Impossibilities
{
    private const string NoSuperpage = "no live entry has PSE (I-TBITS)";

    private const string NoTables = "boot has too few frames for tables that map memory read-write";

    /// <summary>The witness of a request's answer, with the reason if it cannot be had.</summary>
    public static Witness Of(MemoryScope scope, Witness witness) => witness.Id switch
    {
        "mmuext_op PIN_L3_TABLE -EBUSY" => Deep(scope, witness, 3),
        "mmuext_op PIN_L4_TABLE -EBUSY" or "mmuext_op NEW_BASEPTR -EBUSY" or "mmuext_op NEW_USER_BASEPTR -EBUSY" => Deep(scope, witness, 4),
        "mmuext_op PIN_L2_TABLE -EBUSY" => Deep(scope, witness, 2),
        "access superpage" => With(witness, scope.Fault is null ? NoSuperpage : null),
        "store" => With(witness, scope.HasTables ? null : NoTables),
        _ => witness,
    };

    /// <summary>The witness of a micro-step, with the reason if it cannot be had.</summary>
    public static Witness OfStep(MemoryScope scope, string step, Witness witness) => With(witness, step switch
    {
        "Load" or "Share" => "only boot takes it",
        "Pause" or "Resume" or "ResumeDevalidate" when scope.Sizes.Grain == Grain.Hypercall => "no request is interrupted where each is carried out at once",
        "ClaimXenSlot" => "no slot is Xen's in tables this small",
        "FillSuperpage" when scope.Fault is null => NoSuperpage,
        "AuditUpper" when scope.Attackers < 2 => "it takes two tables, and the first domain has one frame",
        "Store" when !scope.HasTables => NoTables,
        _ => null,
    });

    /// <summary>
    /// A pin is refused with EBUSY for a leaf entry at the bottom of as many tables as the level says. Boot and requests put few such
    /// trees together in unvalidated memory, so that deep ones may stay out of reach.
    /// </summary>
    private static Witness Deep(MemoryScope scope, Witness witness, int level) =>
        With(witness with { IsRequired = level == 2 }, scope.Attackers < level ? $"it takes {level} tables, and the first domain has {scope.Attackers} frames" : null);

    private static Witness With(Witness witness, string? reason) => reason is null ? witness : witness with { IsRequired = false, Impossible = reason };
}
