using System.Diagnostics;
using System.Numerics;

namespace Checking.Exploration;

/// <summary>One exploration: level after level, each by all workers together.</summary>
internal sealed unsafe partial class Search<TModel, TWorker, TTable> : IDisposable
    where TModel : IExplorable<TWorker>
    where TWorker : struct, IExpander
    where TTable : struct, IVisitedTable
{
    // A level of fewer states is done before another thread has woken up.
    private const int WorthSharing = 16 * BlockPool.ChunkStates;

    private readonly TModel _model;
    private readonly ExplorationOptions _options;
    private readonly MemoryBudget _budget;
    private readonly BlockPool _pool;
    private readonly SpillFile _disk;
    private readonly Lane<TWorker>[] _lanes;
    private readonly Pace _pace = new();
    private readonly TimeSpan _cpuBefore = Environment.CpuUsage.TotalTime;
    private readonly ulong _checked;
    private readonly int?[] _violatedAt;
    private readonly List<int> _linkBits = []; // by level: bits of the links that are known of all its states

    private Frontier _current, _next;
    private int _level = -1; // of the states being expanded
    private long _distinct, _orbits, _roomUpTo, _peakBytes;
    private ulong _reached;
    private Violator? _violator;

    // Not private, or it would have to be readonly, and growth would be lost on a copy.
    public TTable Visited;

    public Search(TModel model, ExplorationOptions options, TTable table, MemoryBudget budget)
    {
        _model = model;
        _options = options;
        Visited = table;
        _roomUpTo = table.Comfortable;
        _budget = budget;
        _pool = new BlockPool(table.Words, options.Workers, budget.Frontier);
        _disk = new SpillFile(options.CheckpointTo ?? Path.GetTempPath(), _pool.BlockBytes, options.Open);
        _checkpoint = options.CheckpointTo is { } folder ? new Checkpoint(folder, options.Open) : null;
        _current = new Frontier(_pool, _disk);
        _next = new Frontier(_pool, _disk);
        _lanes = [.. Enumerable.Range(0, options.Workers).Select(_ =>
            new Lane<TWorker>(model.NewWorker(), model.NewWorker(), table.Words, model.Actions.Count))];
        int properties = model.Properties.Count;
        _violatedAt = new int?[properties];
        _checked = options.OnlyProperty is { } only ? 1UL << only : properties == 0 ? 0 : ulong.MaxValue >> (64 - properties);
    }

    public void Dispose()
    {
        foreach (Lane<TWorker> lane in _lanes) lane.Dispose();
        _pool.Dispose();
        _disk.Dispose();
        _log?.Dispose();
    }

    public Exploration Run()
    {
        StopReason? stop = _options.ResumeFrom is { } folder ? Resume(folder) : Begin();
        if (stop is null)
        {
            StartCheckpoints();
            stop = Explore();
        }

        return Report(_violator is null ? stop.Value : StopReason.Violated);
    }

    private StopReason Explore()
    {
        StopReason? stop = null;
        try
        {
            while ((stop = CloseLevel()) is null && (stop = OpenLevel() ?? ExpandLevel()) is null)
            {
            }

            Gather();
            if (_log is not null) WriteCheckpoint();
        }
        catch (IOException) when (_log is not null)
        {
            // What was committed before is still whole. A verdict stands without a checkpoint.
            if (stop is not (StopReason.Complete or StopReason.Violated)) stop = StopReason.DiskFull;
        }

        return stop.Value;
    }

    private StopReason? Begin()
    {
        Lane<TWorker> lane = _lanes[0];
        Sink<TTable, TWorker> sink = NewSink(lane, shared: false);
        _linkBits.Add(0);
        lane.Expander.Begin(ref sink);
        sink.Close();
        lane.Noted = 0;
        new Span<long>(lane.Fired, _model.Actions.Count).Clear();
        while (lane.Homeless.Count > 0)
            if (!TryGrow()) return StopReason.MaxMemory;
        return null;
    }

    /// <summary>Takes stock of the level that was built.</summary>
    private StopReason? CloseLevel()
    {
        foreach (Lane<TWorker> lane in _lanes)
        {
            if (lane.Open is { Count: > 0 } open) _next.Add(open);
            else if (lane.Open is { } unused) _pool.Return(unused.States);
            lane.Open = null;
        }

        Gather();
        _pace.LevelHas(_next.Count);
        _orbitsOfWholeLevels = _orbits;
        if (_next.Count > 0 && _levels.Count == _level + 1)
        {
            LogLevel();
            _levels.Add(_next.Count);
        }

        if (_violator is not null) return StopReason.Violated;
        return _next.Count == 0 ? StopReason.Complete : null;
    }

    private StopReason? OpenLevel()
    {
        (_current, _next) = (_next, new Frontier(_pool, _disk));
        _level++;
        _linkBits.Add(Visited.LinkBits);
        int linkBits = Visited.LinkBits;
        bool fits = Visited.TryHold(_level + 2, _budget.Table);
        _roomUpTo = Math.Max(_roomUpTo, Visited.Comfortable);
        if (Visited.LinkBits != linkBits) NoteLinkBits();
        if (fits && _resumed is { } resumed)
        {
            fits = ResumeLevel(resumed);
            _resumed = null;
        }

        return fits ? null : StopReason.MaxMemory;
    }

    private StopReason? ExpandLevel()
    {
        while (true)
        {
            bool isDone = Round();
            Gather();
            if (NeedsRoom && !TryMakeRoom()) return StopReason.MaxMemory;
            if (_lanes.Any(lane => lane.DiskFailure is not null)) return StopReason.DiskFull;
            if (isDone && !NeedsRoom) return null;
            if (_options.Cancel.IsCancellationRequested) return StopReason.Interrupted;
            if (_distinct >= _options.MaxStates) return StopReason.MaxStates;
            if (IsCheckpointDue) WriteCheckpoint();
        }
    }

    private bool NeedsRoom => _distinct > _roomUpTo || _lanes.Any(lane => lane.Homeless.Count > 0);

    private bool TryMakeRoom()
    {
        if (TryGrow()) return true;

        // There is no more memory, but the last places of the table may be all that is needed.
        _roomUpTo = Visited.Utmost;
        return !NeedsRoom;
    }

    /// <summary>Grows the table and puts in the states that had no room.</summary>
    private bool TryGrow()
    {
        if (!Visited.TryGrow(_level + 2, _budget.Table)) return false;
        _roomUpTo = Visited.Comfortable;
        NoteLinkBits();
        foreach (Lane<TWorker> lane in _lanes)
        {
            if (lane.Homeless.Count == 0) continue;
            ulong[] homeless = [.. lane.Homeless];
            lane.Homeless.Clear();
            Sink<TTable, TWorker> sink = NewSink(lane, shared: false);
            fixed (ulong* states = homeless)
                for (int i = 0; i < homeless.Length; i += Visited.Words + 1) sink.Again(states[i], states + i + 1);
            sink.Close();
        }

        Gather();
        return true;
    }

    private void NoteLinkBits()
    {
        for (int level = 0; level < _linkBits.Count; level++) _linkBits[level] = Math.Min(_linkBits[level], Visited.LinkBits);
    }

    private Sink<TTable, TWorker> NewSink(Lane<TWorker> lane, bool shared) =>
        new(Visited, lane, _pool, _next, _level + 1, shared, _options.Symmetry, _checked);

    /// <summary>Adds up what the workers found.</summary>
    private void Gather()
    {
        foreach (Lane<TWorker> lane in _lanes)
        {
            _distinct += lane.Added;
            _orbits += lane.Orbits;
            _reached |= lane.Reached;
            for (ulong violated = lane.Violated; violated != 0; violated &= violated - 1)
                _violatedAt[BitOperations.TrailingZeroCount(violated)] ??= _level + 1;
            if (lane.Least is { } least && least.ComesBefore(_violator)) _violator = least;
            (lane.Added, lane.Told, lane.Orbits, lane.Violated) = (0, 0, 0, 0);
        }

        _peakBytes = Math.Max(_peakBytes, Visited.Bytes + _pool.Bytes);
    }

    private Exploration Report(StopReason stop)
    {
        using Process process = Process.GetCurrentProcess();
        return new Exploration
        {
            Scope = _model.Scope,
            StoppedBy = stop,
            DistinctStates = _distinct,
            Transitions = _lanes.Sum(lane => lane.Transitions),
            Depth = Depth,
            Symmetry = _options.Symmetry,
            FullStates = _options.Symmetry ? _orbits : null,
            Properties = [.. _model.Properties.Select((property, i) =>
                new PropertyResult(property, (_reached >> i & 1) != 0, (_checked >> i & 1) != 0 ? _violatedAt[i] : null))],
            Fired = Fired(),
            Trace = _violator is null ? [] : TraceTo(_violator),
            TraceProperty = _violator is null ? null : BitOperations.TrailingZeroCount(_violator.Properties),
            CpuSeconds = CpuSeconds,
            BytesPerState = (double)_peakBytes / _distinct,
            PeakMemory = process.PeakWorkingSet64,
            Checkpoint = _last is null ? null : _options.CheckpointTo ?? _options.ResumeFrom,
        };
    }

    private long[] Fired()
    {
        long[] fired = new long[_model.Actions.Count];
        foreach (Lane<TWorker> lane in _lanes)
            for (int action = 0; action < fired.Length; action++) fired[action] += lane.Fired[action];
        return fired;
    }

    private double CpuSeconds => (_cpuOfEarlierRuns + Environment.CpuUsage.TotalTime - _cpuBefore).TotalSeconds;

    private int Depth => 1 + (_next.Count > 0 || _lanes.Any(lane => lane.Open is { Count: > 0 }) ? _level + 1 : Math.Max(0, _level));

    private IReadOnlyList<ulong[]> TraceTo(Violator violator)
    {
        Lane<TWorker> lane = _lanes[0];
        Tracer<TWorker, TTable> tracer = new(Visited, lane.Expander, lane.Checker, _options.Symmetry, _linkBits);
        return tracer.To(violator.State, _level + 1);
    }
}
