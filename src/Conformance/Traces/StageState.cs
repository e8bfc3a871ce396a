using Conformance.Watch;
using Model;

namespace Conformance.Traces;

/// <summary>The frames of a stage at one moment, as the target has them, and where the model says otherwise.</summary>
/// <param name="Frames">by name, in the order of the stage</param>
/// <param name="Entries">present entries of tables, and of memory that could become one</param>
public sealed record StageState(
    IReadOnlyList<(string Name, FrameFacts Facts)> Frames,
    IReadOnlyList<StageEntry> Entries,
    IReadOnlyList<StageVcpu> Vcpus,
    IReadOnlyList<Difference> Differences);

/// <summary>A present entry, by the names of its table and its target.</summary>
public sealed record StageEntry(string Table, int Slot, string Target, Entry Value);

/// <summary>What a vCPU runs on, and the frames of which its processor holds translations.</summary>
/// <param name="Name">"d1v0"</param>
/// <param name="UserRoot">empty if there is none</param>
public sealed record StageVcpu(
    string Name, string Root, string UserRoot, bool IsInKernel, IReadOnlyList<string> CachedRead, IReadOnlyList<string> CachedWrite);
