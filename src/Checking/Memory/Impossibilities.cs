using Checking.Exploration;

namespace Checking.Memory;

/// <summary>What cannot happen in a scope, and why, so that nobody takes its absence for a gap.</summary>
internal static class Impossibilities
{
    /// <summary>The witness of a request's answer, with the reason if it cannot be had.</summary>
    public static Witness Of(MemoryScope scope, Witness witness) => With(witness, null);

    /// <summary>The witness of a micro-step, with the reason if it cannot be had.</summary>
    public static Witness OfStep(MemoryScope scope, string step, Witness witness) => With(witness, step switch
    {
        "Load" or "Share" => "only boot takes it",
        "ClaimXenSlot" => "no slot is Xen's in tables this small",
        "FillSuperpage" when scope.Fault is null => "no live entry has PSE (I-TBITS)",
        _ => null,
    });

    private static Witness With(Witness witness, string? reason) => reason is null ? witness : witness with { IsRequired = false, Impossible = reason };
}
