using Checking.Exploration;
using Checking.PageTypes;

namespace ExplorerBench;

/// <summary>The project's explorer on the model in the project's own text, all invariants checked in every state.</summary>
internal static class Ours
{
    /// <summary>Has everything compiled that a row of this shape runs.</summary>
    public static void WarmUp(Row row) => Explore(row, 1, maxStates: 5_000);

    public static Measurement Run(Row row, int workers)
    {
        Exploration found = Explore(row, workers, maxStates: null);
        string? problem = found.IsComplete ? null : $"stopped by {found.StoppedBy}";
        return new(found.DistinctStates, found.Transitions, found.CpuSeconds, found.BytesPerState * found.DistinctStates, Problem: problem);
    }

    private static Exploration Explore(Row row, int workers, long? maxStates) =>
        Explorer.Run<PageTypesModel, PageTypesExpander>(
            new(new(row.Frames, row.Entries, row.Movable)),
            new() { Workers = workers, MaxStates = maxStates });
}
