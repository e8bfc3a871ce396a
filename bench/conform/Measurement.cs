namespace ConformBench;

/// <summary>Requests that one engine carried out, and the processor time that it took for them.</summary>
internal readonly record struct Measurement(ulong Requests, double CpuSeconds)
{
    public double PerCpuSecond => Requests / CpuSeconds;

    public static Measurement Median(IEnumerable<Measurement> runs)
    {
        Measurement[] sorted = [.. runs.OrderBy(m => m.PerCpuSecond)];
        return sorted[(sorted.Length - 1) / 2];
    }
}
