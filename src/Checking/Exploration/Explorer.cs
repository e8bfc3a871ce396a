namespace Checking.Exploration;

/// <summary>Explores every state a model can reach, breadth-first.</summary>
public static class Explorer
{
    /// <summary>Explores, with the same verdict, counts and trace at any number of workers.</summary>
    /// <exception cref="ArgumentException">an option or the model's size is out of range; the message says which</exception>
    /// <exception cref="CheckpointException">the checkpoint to resume from is damaged or of another search</exception>
    /// <exception cref="InsufficientMemoryException">not even the first states fit</exception>
    public static Exploration Run<TModel, TWorker>(TModel model, ExplorationOptions options)
        where TModel : IExplorable<TWorker>
        where TWorker : struct, IExpander
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        Validate(model.StateBits, model.Properties.Count, options);

        MemoryBudget budget = MemoryBudget.For(options.MaxMemory);
        if (options.FrontierMemory is { } bytes) budget = budget with { Frontier = bytes };
        using HugePages pages = new(budget.Table);
        if (model.StateBits <= PackedTable.MostBits)
        {
            using Search<TModel, TWorker, PackedTable> packed = new(model, options, new PackedTable(model.StateBits, pages), budget);
            return packed.Run();
        }

        using Search<TModel, TWorker, WideTable> wide = new(model, options, new WideTable(model.StateBits, pages), budget);
        return wide.Run();
    }

    private static void Validate(int stateBits, int properties, ExplorationOptions options)
    {
        if (stateBits is < 1 or > 64 * 32)
            throw new ArgumentException($"A state of {stateBits} bits: the explorer takes 1 to {64 * 32}.");
        if (properties > 64) throw new ArgumentException($"{properties} properties: the explorer takes up to 64.");
        if (options.OnlyProperty is { } only && (only < 0 || only >= properties))
            throw new ArgumentException($"Property {only} of {properties}: there is no such.");
        if (options.Workers is < 1 or > 1024) throw new ArgumentException($"{options.Workers} workers: the explorer takes 1 to 1024.");
        if (options.MaxStates <= 0) throw new ArgumentException($"At most {options.MaxStates} states: at least one is needed.");
    }
}
