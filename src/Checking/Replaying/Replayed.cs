using Checking.Traces;

namespace Checking.Replaying;

/// <summary>One step of a trace of a search, as the trace has it.</summary>
/// <param name="Action">"d1  mmu_update   mfn:4[0] := mfn:4 r-  = 0"; empty for the first state</param>
/// <param name="Facts">the state that it led to</param>
public sealed record RecordedStep(string Action, IReadOnlyDictionary<string, string> Facts);

/// <summary>The same step done again.</summary>
/// <param name="Done">the action with the answer that it has now; null where it cannot be done any more</param>
/// <param name="Differences">facts of the state that are not as recorded: as recorded, then as they are now</param>
/// <param name="Broken">what is wrong in the state: the property, its sentence, and what breaks it</param>
public sealed record ReplayedStep(
    RecordedStep Recorded, string? Done, IReadOnlyList<Change> Differences, IReadOnlyList<(string Property, string Says, string Witness)> Broken);

/// <summary>Compares states with what was recorded of them.</summary>
internal static class Recorded
{
    public static IReadOnlyList<Change> Differences(IReadOnlyDictionary<string, string> recorded, IReadOnlyList<KeyValuePair<string, string>> now) =>
    [
        .. now.Where(f => recorded.GetValueOrDefault(f.Key) != f.Value).Select(f => new Change(f.Key, recorded.GetValueOrDefault(f.Key), f.Value)),
        .. recorded.Keys.Except(now.Select(f => f.Key)).Order(StringComparer.Ordinal).Select(f => new Change(f, recorded[f], null)),
    ];
}
