using Conformance.Bridge;
using Implementation.Hypervisor;
using Model;

namespace Conformance.Watch;

/// <summary>Turns what was seen into a finding: which claim is broken, by what, and the story that led there.</summary>
internal sealed class Diagnosis(Xen xen, Mirror mirror, Journal journal)
{
    private const string Refinement = "The hypervisor answers as the model does, and stays in step with it.";

    /// <summary>A broken invariant of the model's own state, on which both sides agree.</summary>
    public Finding Of(Violation violation, Comparison comparison) => Violated(violation, comparison);

    /// <summary>A difference: a violation if the hypervisor's state breaks an invariant, else a divergence.</summary>
    public Finding Of(Comparison comparison)
    {
        Machine implementation = Abstract(comparison);
        foreach (Violation violation in (IEnumerable<Violation>)[.. implementation.CheckTouched(), .. implementation.CheckAll()])
            return Violated(violation, comparison);

        Story story = Tell(comparison);
        return new(
            IsViolation: false,
            "R-1",
            Refinement,
            "spec/refinement.md",
            null,
            [.. comparison.Differences],
            story.Steps,
            story.Untold,
            story.Start);
    }

    private Finding Violated(Violation violation, Comparison comparison)
    {
        Story story = Tell(comparison);
        return new(
            IsViolation: true,
            violation.InvariantId,
            violation.Says,
            violation.Source,
            violation.Witness,
            [.. comparison.Differences],
            story.Steps,
            story.Untold,
            story.Start);
    }

    private Story Tell(Comparison comparison) => journal.Tell(
        comparison.Frames, frame => mirror.Model.Exists(frame) ? Comparison.Facts(xen.Frames[frame.Value]) : Comparison.Absent);

    /// <summary>The model's state with the hypervisor's facts forced on the frames about which the two differ.</summary>
    private Machine Abstract(Comparison comparison)
    {
        Mfn[] frames = [.. comparison.Frames.Distinct()];
        return mirror.Model.Patched([.. frames.Select(Patch)], [.. frames.SelectMany(Cached)]);
    }

    private FramePatch Patch(Mfn frame)
    {
        FrameFacts facts = Comparison.Facts(xen.Frames[frame.Value]);
        return new(
            frame,
            facts.Owner,
            facts.Type,
            (int)facts.TypeCount,
            (int)facts.References,
            facts.IsPinned,
            facts.IsValidated,
            Entries(frame, facts));
    }

    /// <summary>The entries of a live table that are not as the model has them.</summary>
    private List<(int Slot, Entry Entry)> Entries(Mfn table, in FrameFacts facts)
    {
        List<(int, Entry)> entries = [];
        if (!facts.IsTable || !facts.IsValidated) return entries;

        int level = Mirror.Level(facts.Type);
        for (int slot = 0; slot < PageEntry.Slots; slot++)
        {
            if (Mirror.IsXens(facts.Type, slot)) continue;
            Entry entry = mirror.EntryInMemory(table.Value, slot, level);
            if (!Comparison.AreAlike(entry, mirror.Model.EntryOf(table, slot))) entries.Add((slot, entry));
        }

        return entries;
    }

    private IEnumerable<CachedTranslation> Cached(Mfn frame) =>
        from vcpu in xen.Domains.SelectMany(d => d.Vcpus)
        let isWritable = vcpu.Cpu.IsCached(frame.Value, writable: true)
        where isWritable || vcpu.Cpu.IsCached(frame.Value, writable: false)
        select new CachedTranslation(mirror.Vcpus.Of(vcpu), frame, isWritable);
}
