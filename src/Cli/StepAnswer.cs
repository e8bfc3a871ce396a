using Checking.Traces;

namespace Cli;

/// <summary>One step of a trace: what was done, and each fact that it changed.</summary>
internal sealed record StepAnswer(string Action, IReadOnlyDictionary<string, ChangeAnswer> Changed)
{
    /// <summary>The first state, in which every fact is new, and the steps.</summary>
    public static IReadOnlyList<StepAnswer> Of(Trace trace, string beginning) =>
    [
        new(beginning, trace.Start.ToDictionary(f => f.Key, f => new ChangeAnswer(null, f.Value))),
        .. trace.Steps.Select(s => new StepAnswer(s.Action, s.Changes.ToDictionary(c => c.Fact, c => new ChangeAnswer(c.Before, c.After)))),
    ];
}

/// <summary>A fact before and after; null where there is none.</summary>
internal readonly record struct ChangeAnswer(string? Before, string? After);
