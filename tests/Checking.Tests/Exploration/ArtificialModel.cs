using Checking.Exploration;

namespace Checking.Tests.Exploration;

/// <summary>What is common to the small models that the engine is tested with.</summary>
internal abstract class ArtificialModel<TWorker>(string scope, int stateBits, int actions, long renamings = 1) : IExplorable<TWorker>
    where TWorker : struct, IExpander
{
    public string Scope => scope;

    public int StateBits => stateBits;

    public IReadOnlyList<Property> Properties { get; init; } = [];

    public IReadOnlyList<Witness> Actions { get; } = [.. Enumerable.Range(0, actions).Select(i => new Witness($"action {i}", "happens"))];

    public long Renamings => renamings;

    public abstract TWorker NewWorker();

    public string Describe(ReadOnlySpan<ulong> before, ReadOnlySpan<ulong> after) => "";

    public IReadOnlyList<KeyValuePair<string, string>> Facts(ReadOnlySpan<ulong> state) => [];

    public string Violation(int property, ReadOnlySpan<ulong> state) => "";
}
