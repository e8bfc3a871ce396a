using Checking.Exploration;
using Checking.Traces;

namespace Cli.Check;

/// <summary>A scope that can be explored, whatever its model.</summary>
internal interface ISearch
{
    /// <summary>What the scope is, in one sentence: who may do what.</summary>
    string Covers { get; }

    /// <summary>What a search of the whole scope says nothing of.</summary>
    string Omits { get; }

    IReadOnlyList<Property> Properties { get; }

    IReadOnlyList<Witness> Actions { get; }

    Exploration Run(ExplorationOptions options);

    /// <summary>The way to the violation; null if there is none.</summary>
    Trace? TraceOf(Exploration found);
}

/// <summary>The scope of one model.</summary>
internal sealed class Search<TModel, TWorker>(TModel model, string covers, string omits) : ISearch
    where TModel : IExplorable<TWorker>
    where TWorker : struct, IExpander
{
    public TModel Model => model;

    public string Covers => covers;

    public string Omits => omits;

    public IReadOnlyList<Property> Properties => model.Properties;

    public IReadOnlyList<Witness> Actions => model.Actions;

    public Exploration Run(ExplorationOptions options) => Explorer.Run<TModel, TWorker>(model, options);

    public Trace? TraceOf(Exploration found) => Tracing.Of(model, found);
}
