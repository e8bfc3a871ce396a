using Conformance.Bridge;
using Implementation.Hypervisor;
using Model;

namespace Conformance.Watch;

/// <summary>Turns what was seen into a finding: which claim is broken, by what, and the story that led there.</summary>
internal sealed class Diagnosis(Xen xen, Mirror mirror, Journal journal)
{
    /// <summary>A broken invariant of the model's own state, on which both sides agree.</summary>
    public Finding Of(Violation violation, Comparison comparison) => Violated(violation, comparison);

    /// <summary>A difference: a violation if the hypervisor's state breaks an invariant, else a divergence.</summary>
    public Finding Of(Comparison comparison)
    {
        foreach (Violation violation in Abstract(comparison).CheckAll()) return Violated(violation, comparison);

        (IReadOnlyList<StoryStep> steps, ulong untold) = journal.Tell(comparison.Frames);
        return new(
            IsViolation: false,
            "R-1",
            "The hypervisor answers as the model does, and stays in step with it.",
            "design: src/Conformance/Watch; spec/",
            null,
            [.. comparison.Differences],
            steps,
            untold);
    }

    private Finding Violated(Violation violation, Comparison comparison)
    {
        (IReadOnlyList<StoryStep> steps, ulong untold) = journal.Tell(comparison.Frames);
        return new(
            IsViolation: true, violation.InvariantId, violation.Says, violation.Source, violation.Witness, [.. comparison.Differences], steps, untold);
    }

    /// <summary>The model's state with the hypervisor's facts forced on the frames about which the two differ.</summary>
    private Machine Abstract(Comparison comparison) => throw new NotSupportedException($"{xen}{mirror}");
}
