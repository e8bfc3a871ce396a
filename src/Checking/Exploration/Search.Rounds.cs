using System.Runtime.ExceptionServices;

namespace Checking.Exploration;

/// <summary>How workers share a level: each takes the next chunk until the level is done or one of them asks for a pause, to let
/// the table grow, to write a checkpoint or to end.</summary>
internal sealed unsafe partial class Search<TModel, TWorker, TTable>
{
    private volatile bool _pause;
    private long _found; // states found, by all workers, as of the last chunk of each
    private ExceptionDispatchInfo? _failure;

    /// <returns>whether the level is done</returns>
    private bool Round()
    {
        _pause = false;
        _found = _distinct;
        long left = _current.Count - _current.Taken;
        bool shared = _lanes.Length > 1 && left >= WorthSharing;
        Thread[] threads = shared ? [.. _lanes.Skip(1).Select(lane => new Thread(() => Work(lane, shared: true)))] : [];
        foreach (Thread thread in threads) thread.Start();
        Work(_lanes[0], shared);
        foreach (Thread thread in threads) thread.Join();
        _failure?.Throw();
        return _current.Taken == _current.Count;
    }

    private void Work(Lane<TWorker> lane, bool shared)
    {
        try
        {
            Sink<TTable, TWorker> sink = NewSink(lane, shared);
            int stateWords = Visited.Words;
            while (!_pause && _current.TryTake(out Chunk chunk))
            {
                ulong* state = chunk.Block.States + (long)chunk.From * stateWords;
                for (int i = 0; i < chunk.Count; i++, state += stateWords)
                {
                    sink.From(state);
                    lane.Expander.Expand(state, ref sink);
                }

                _current.Done(chunk);
                sink.Tell();
                EndChunk(lane);
            }

            sink.Close();
        }
        catch (Exception failure)
        {
            // Thrown on once no worker uses the table any more.
            _failure = ExceptionDispatchInfo.Capture(failure);
            _pause = true;
        }
    }

    private void EndChunk(Lane<TWorker> lane)
    {
        long added = lane.Added - lane.Told;
        lane.Told = lane.Added;
        long found = _lanes.Length == 1 ? _found += added : Interlocked.Add(ref _found, added);
        if (found > _roomUpTo || found >= _options.MaxStates || lane.Homeless.Count > 0 || lane.DiskFailure is not null)
            _pause = true;
        if (lane != _lanes[0]) return;

        if (_options.Cancel.IsCancellationRequested || IsCheckpointDue) _pause = true;
        if (_options.Progress is { } progress && _pace.IsDue) progress(Progress(found));
    }

    private ExplorationProgress Progress(long found)
    {
        long transitions = _lanes.Sum(lane => lane.Transitions);
        return new ExplorationProgress(found, transitions, _level + 1, _current.Count - _current.Taken, Visited.Bytes + _pool.Bytes,
            _pace.Rate(found), _pace.Estimate(found), _disk.Bytes > 0 ? $"memory is short: up to {_disk.Bytes >> 20} MiB of the frontier on disk" : null);
    }
}
