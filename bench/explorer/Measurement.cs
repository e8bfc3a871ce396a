namespace ExplorerBench;

/// <summary>What one engine did on one row.</summary>
/// <param name="States">distinct states</param>
/// <param name="Transitions">changes of state; the first state is none</param>
/// <param name="Bytes">of memory for states, links and frontier, or for SPIN's table and stack</param>
/// <param name="Rounding">by how much transitions may be off, as SPIN prints large numbers rounded</param>
/// <param name="Problem">why the counts are not those of a whole search, or null</param>
internal sealed record Measurement(long States, long Transitions, double CpuSeconds, double Bytes, long Rounding = 0, string? Problem = null)
{
    public bool AgreesWith(Measurement other) =>
        States == other.States && Math.Abs(Transitions - other.Transitions) <= Rounding + other.Rounding;

    public double StatesPerCpuSecond => States / CpuSeconds;

    public double BytesPerState => Bytes / States;
}
