namespace Conformance.Watch;

/// <summary>One step of a run's story.</summary>
/// <param name="Number">counts every step of the run from 1</param>
/// <param name="Actor">who acted, as <c>d1v0</c></param>
/// <param name="Call">the hypercall's name, or what else happened at the boundary</param>
/// <param name="Arguments">what was asked, in the domain's words</param>
/// <param name="Answer">RAX afterwards; null where nothing is answered</param>
/// <param name="Expected">the model's answer, where it differs</param>
/// <param name="Frames">frames whose facts changed</param>
/// <param name="Entries">entries that changed</param>
public sealed record StoryStep(
    ulong Number,
    string Actor,
    string Call,
    string Arguments,
    long? Answer,
    long? Expected,
    IReadOnlyList<FrameChange> Frames,
    IReadOnlyList<EntryChange> Entries);

/// <summary>Where the two sides differ about one thing.</summary>
/// <param name="What">a frame, an entry or an answer</param>
/// <param name="Model">what the model says of it</param>
/// <param name="Implementation">what the hypervisor says of it</param>
public sealed record Difference(string What, string Model, string Implementation);

/// <summary>What the watch found: a broken invariant, or a difference that breaks none.</summary>
/// <param name="IsViolation">an invariant is broken; else the sides merely differ</param>
/// <param name="Claim">the clause that fails, as <c>I-TEXCL</c></param>
/// <param name="Says">the clause in the words of the specification</param>
/// <param name="Source">where the claim comes from and what broke it before</param>
/// <param name="Witness">what breaks it, in the domain's words; null for a difference</param>
/// <param name="Differences">where the sides differ</param>
/// <param name="Steps">the last relevant steps, oldest first</param>
/// <param name="Untold">steps left out because they touched none of the frames concerned, or are older</param>
/// <param name="Start">the frames concerned, as they were before the first step told</param>
public sealed record Finding(
    bool IsViolation,
    string Claim,
    string Says,
    string Source,
    string? Witness,
    IReadOnlyList<Difference> Differences,
    IReadOnlyList<StoryStep> Steps,
    ulong Untold,
    IReadOnlyList<FrameState> Start);
