namespace ExplorerBench;

/// <summary>Everything measured on a row; of several runs of an engine the one of median CPU time counts.</summary>
internal sealed class Results(Row row)
{
    /// <summary>The least ratio to SPIN's states per CPU-second.</summary>
    public const double SpeedTarget = 5;

    /// <summary>The most bytes of a state, on rows of ten million states and more.</summary>
    public const double BytesTarget = 16;

    /// <summary>The most CPU time of two workers in terms of one.</summary>
    public const double SharingTarget = 1.10;

    private readonly List<Measurement> _one = [], _two = [], _spin = [];

    public Row Row { get; } = row;

    public int Runs => _one.Count;

    public Measurement One => Median(_one);

    public Measurement Two => Median(_two);

    /// <summary>Null if SPIN was left out.</summary>
    public Measurement? Spin => _spin.Count == 0 ? null : Median(_spin);

    /// <summary>Our speed over SPIN's.</summary>
    public double? Ratio => One.StatesPerCpuSecond / Spin?.StatesPerCpuSecond;

    /// <summary>CPU time of two workers over that of one.</summary>
    public double Sharing => Two.CpuSeconds / One.CpuSeconds;

    public bool Agrees => All.All(m => m.Problem is null) && All.All(One.AgreesWith);

    /// <summary>What was aimed at and not reached; empty if nothing.</summary>
    public IEnumerable<string> Missed()
    {
        if (Ratio < SpeedTarget) yield return $"row {Row}: {Ratio:0.0}x SPIN's states per CPU-second, not {SpeedTarget}x";
        if (One.States >= 10_000_000 && One.BytesPerState > BytesTarget)
            yield return $"row {Row}: {One.BytesPerState:0.0} bytes a state, not {BytesTarget}";
        if (Sharing > SharingTarget) yield return $"row {Row}: two workers take {Sharing:0.00} times the CPU time of one, not {SharingTarget}";
    }

    public IEnumerable<string> Problems() => All.Select(m => m.Problem).OfType<string>();

    public void Add(Measurement one, Measurement two, Measurement? spin)
    {
        _one.Add(one);
        _two.Add(two);
        if (spin is not null) _spin.Add(spin);
    }

    private IEnumerable<Measurement> All => [.. _one, .. _two, .. _spin];

    private static Measurement Median(List<Measurement> runs) => runs.OrderBy(r => r.CpuSeconds).ElementAt((runs.Count - 1) / 2);
}
