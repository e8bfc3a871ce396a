using Checking.Exploration;

namespace Checking.Memory;

/// <summary>What cannot happen in a scope, and why, so that nobody takes its absence for a gap.</summary>
internal static class Impossibilities
{
    private const string NoSuperpage = "no live entry has PSE (I-TBITS)";

    private const string NoTables = "boot has too few frames for tables that map memory read-write";

    private const string OneRoot = "a 32-bit guest has one root, for its kernel and its programs";

    private const string OwnXenTable = "a second root takes a second table with Xen's slots, and the first domain has one frame";

    /// <summary>The witness of a request's answer, with the reason if it cannot be had.</summary>
    public static Witness Of(MemoryScope scope, Witness witness) => scope.IsCompat && OfCompat(scope, witness.Id) is { } reason ? With(witness, reason) : witness.Id switch
    {
        "mmuext_op PIN_L3_TABLE -EBUSY" => Deep(scope, witness, 3),
        "mmuext_op NEW_BASEPTR -EBUSY" => Deep(scope, witness, scope.Sizes.RootLevel),
        "mmuext_op PIN_L4_TABLE -EBUSY" or "mmuext_op NEW_USER_BASEPTR -EBUSY" => Deep(scope, witness, 4),
        "mmuext_op PIN_L2_TABLE -EBUSY" => Deep(scope, witness, 2),
        "access superpage" => With(witness, scope.Fault is null ? NoSuperpage : null),
        "store" => With(witness, scope.HasTables ? null : NoTables),
        _ => witness,
    };

    /// <summary>Why a 32-bit guest never gets an answer, or null.</summary>
    private static string? OfCompat(MemoryScope scope, string answer) => answer switch
    {
        "mmuext_op NEW_USER_BASEPTR" or "mmuext_op NEW_USER_BASEPTR -EBUSY" => OneRoot,
        "mmuext_op PIN_L4_TABLE -EBUSY" => "a 32-bit guest has no L4, and the others' come to no trees",
        "mmuext_op PIN_L4_TABLE -EINVAL" when scope.Sizes.Domains == 1 => "a 32-bit guest has no L4, and is told that it was pinned (HC-7.d)",
        "mmuext_op PIN_L3_TABLE" when scope.Attackers < 2 => OwnXenTable,
        "mmu_update -EPERM" or "update_va_mapping -EPERM" or "mmuext_op TLB_FLUSH_LOCAL -EPERM" => null,
        _ when answer.EndsWith("-EPERM", StringComparison.Ordinal) => "it is what programs are answered, and only 64-bit guests have a mode for them",
        _ => null,
    };

    /// <summary>The witness of a micro-step, with the reason if it cannot be had.</summary>
    public static Witness OfStep(MemoryScope scope, string step, Witness witness) => With(witness, step switch
    {
        "Load" or "Share" => "only boot takes it",
        "Pause" or "Resume" or "ResumeDevalidate" when scope.Sizes.Grain == Grain.Hypercall => "no request is interrupted where each is carried out at once",
        "ClaimXenSlot" when scope.XenTable is null => "no slot is Xen's in tables this small",
        "LoadUserBase" or "UnloadUserBase" or "EnterUser" or "EnterKernel" when scope.IsCompat => OneRoot,
        "LoadKernelBase" or "UnloadKernelBase" when scope is { IsCompat: true, Attackers: 1 } => OwnXenTable,
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
