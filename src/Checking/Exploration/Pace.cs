using System.Diagnostics;

namespace Checking.Exploration;

/// <summary>When to tell of the progress, how fast the search is and how far it may have to go.</summary>
internal sealed class Pace
{
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(500);

    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly List<long> _levels = [];
    private long _told = Stopwatch.GetTimestamp(), _toldStates;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    public bool IsDue => Stopwatch.GetElapsedTime(_told) >= s_between;

    /// <summary>States a second since this was last asked.</summary>
    public double Rate(long states)
    {
        double rate = (states - _toldStates) / Math.Max(1e-9, Stopwatch.GetElapsedTime(_told).TotalSeconds);
        _told = Stopwatch.GetTimestamp();
        _toldStates = states;
        return rate;
    }

    /// <summary>States found before the clock began are not part of the rate.</summary>
    public void StartFrom(long states) => _toldStates = states;

    public void LevelHas(long states) => _levels.Add(states);

    /// <summary>All states there will be if levels go on to change in size as the last ones did.</summary>
    /// <returns>null while levels do not shrink clearly</returns>
    public long? Estimate(long states)
    {
        if (_levels.Count < 3) return null;
        double last = _levels[^1], ratio = Math.Max(last / _levels[^2], _levels[^2] / (double)_levels[^3]);
        if (ratio > 0.9) return null;
        double whole = _levels.Sum() + last * ratio / (1 - ratio);
        return Math.Max(states, (long)whole);
    }
}
