namespace EngineBench;

/// <summary>All runs, and what follows from them.</summary>
internal sealed class Results(KernelImage image, IReadOnlyList<IEngine> engines)
{
    /// <summary>Share of Unicorn's speed that the engine must have, on the whole and for each kernel.</summary>
    public const double MeanTarget = 0.8, FloorTarget = 0.3;

    private readonly Dictionary<(string Engine, int Kernel), List<Run>> _runs = [];

    public IReadOnlyList<IEngine> Engines { get; } = engines;

    public IEnumerable<int> Kernels => _runs.Keys.Select(k => k.Kernel).Distinct().Order();

    public bool RaxAgrees => Kernels.All(kernel => Answers(kernel).Distinct().Count() == 1);

    /// <summary>Whether the targets against Unicorn are met; they are not if it was not measured.</summary>
    public bool MeetsTargets =>
        Ratio("unicorn") is { } mean && mean >= MeanTarget
        && Kernels.Where(KernelImage.CountsForMean).All(k => Ratio(k, "unicorn") >= FloorTarget);

    public void Add(IEngine engine, IReadOnlyList<Run> runs)
    {
        foreach (Run run in runs)
        {
            if (!_runs.TryGetValue((engine.Name, run.Kernel), out List<Run>? list)) _runs[(engine.Name, run.Kernel)] = list = [];
            list.Add(run);
        }
    }

    public ulong Repetitions(int kernel) => image.RepetitionsOf(kernel);

    /// <summary>Instructions of a kernel, by our processor's count; it is the same for all.</summary>
    public ulong Instructions(int kernel) => _runs[(Engines[0].Name, kernel)][0].Instructions;

    public IEnumerable<ulong> Answers(int kernel) =>
        Engines.SelectMany(e => _runs.GetValueOrDefault((e.Name, kernel)) ?? []).Select(r => r.Rax);

    /// <summary>Millions of guest instructions a second of CPU time, by the median run.</summary>
    public double? Mips(int kernel, string engine)
    {
        if (!_runs.TryGetValue((engine, kernel), out List<Run>? runs)) return null;
        double[] seconds = [.. runs.Select(r => r.Seconds).Order()];
        double median = (seconds[(seconds.Length - 1) / 2] + seconds[seconds.Length / 2]) / 2;
        return Instructions(kernel) / median / 1e6;
    }

    /// <summary>Our speed over the peer's.</summary>
    public double? Ratio(int kernel, string peer) => Mips(kernel, Engines[0].Name) / Mips(kernel, peer);

    /// <summary>The geometric mean of the ratios, the word-counted kernel left out.</summary>
    public double? Ratio(string peer)
    {
        double[] ratios = [.. Kernels.Where(KernelImage.CountsForMean).Select(k => Ratio(k, peer)).OfType<double>()];
        return ratios.Length == 0 ? null : Math.Exp(ratios.Average(Math.Log));
    }
}
