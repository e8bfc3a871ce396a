namespace Checking.Exploration;

/// <summary>How a search writes down where it is and goes on from there.</summary>
internal sealed unsafe partial class Search<TModel, TWorker, TTable>
{
    private static readonly TimeSpan FirstCheckpoint = TimeSpan.FromSeconds(2);

    private readonly List<long> _levels = []; // states of each whole level
    private readonly Checkpoint? _checkpoint;
    private StateLog? _log; // of the states of whole levels; null without a checkpoint
    private Manifest? _last, _resumed;
    private TimeSpan _checkpointDue;
    private TimeSpan _cpuOfEarlierRuns;
    private long _orbitsOfWholeLevels;

    private bool IsCheckpointDue => _log is not null && _pace.Elapsed >= _checkpointDue;

    /// <exception cref="CheckpointException">nothing can be written to the folder</exception>
    private void StartCheckpoints()
    {
        if (_checkpoint is null) return;
        try
        {
            Stream file = _resumed is null
                ? _checkpoint.Start()
                : _checkpoint.Continue(new Checkpoint(_options.ResumeFrom!, _options.Open), _resumed);
            _log = new StateLog(file, Visited.Words, _resumed?.LogChecksum);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{_checkpoint.Folder}: no checkpoint can be kept here: {failure.Message}", failure);
        }

        // The first comes soon, so that a search killed in its first minute can go on too.
        _checkpointDue = _pace.Elapsed + (_options.CheckpointEvery < FirstCheckpoint ? _options.CheckpointEvery : FirstCheckpoint);
    }

    /// <exception cref="IOException">the disk is full</exception>
    private void LogLevel()
    {
        if (_log is not { } log) return;
        _next.ForEachBlock((states, count) => Append(log, states, count));
    }

    /// <summary>Appends states of the table with the links they have now, looking ahead so that memory keeps up.</summary>
    private void Append(StateLog log, ulong* states, int count)
    {
        const int Ahead = 16;
        int words = Visited.Words;
        for (int i = 0; i < count; i++)
        {
            if (i + Ahead < count) Visited.Prefetch(Visited.Hash(states + (long)(i + Ahead) * words));
            ulong* state = states + (long)i * words;
            ulong link = Visited.Link(Visited.Hash(state), state) << (64 - Visited.LinkBits);
            log.Append(state, (uint)(link >> 32));
        }
    }

    /// <summary>Makes the folder a checkpoint of the search as it stands between two rounds.</summary>
    /// <exception cref="IOException">the disk is full; the checkpoint before is still good</exception>
    private void WriteCheckpoint()
    {
        bool isLevelBegun = _levels.Count == _level + 1;
        _log!.Flush();
        Manifest manifest = new(
            Manifest.CurrentVersion, _model.Scope, _model.StateBits, _options.Symmetry, _options.OnlyProperty, ModelChecksum(),
            _levels, _linkBits, _log.Bytes, _log.Checksum,
            isLevelBegun ? _current.Taken : 0, isLevelBegun ? WriteBegunLevel() : null,
            _lanes.Sum(lane => lane.Transitions), Fired(), _reached, _orbitsOfWholeLevels, CpuSeconds);
        _checkpoint!.Commit(manifest);
        _last = manifest;
        _checkpointDue = _pace.Elapsed + _options.CheckpointEvery;
    }

    private BegunLevel WriteBegunLevel()
    {
        (Stream file, string name) = _checkpoint!.StartLevel(_last);
        using StateLog begun = new(file, Visited.Words);
        _next.ForEachBlock((states, count) => Append(begun, states, count));
        foreach (Lane<TWorker> lane in _lanes)
        {
            if (lane.Open is { } open) Append(begun, open.States, open.Count);
            fixed (ulong* homeless = lane.Homeless.ToArray())
                for (int i = 0; i < lane.Homeless.Count; i += Visited.Words + 1) begun.Append(homeless + i + 1, (uint)(homeless[i] >> 32));
        }

        begun.Flush();
        return new BegunLevel(name, begun.Bytes / begun.RecordBytes, begun.Checksum);
    }

    /// <summary>Brings back the whole levels of a checkpoint.</summary>
    /// <returns>why that is not possible, or null</returns>
    /// <exception cref="CheckpointException">the checkpoint is damaged or of another search</exception>
    private StopReason? Resume(string folder)
    {
        Checkpoint checkpoint = new(folder, _options.Open);
        Manifest manifest = checkpoint.Read();
        Match(manifest, folder);
        checkpoint.Verify(manifest, Visited.Words);
        _last = _resumed = manifest;
        _levels.AddRange(manifest.Levels);
        foreach (long states in manifest.Levels.SkipLast(1)) _pace.LevelHas(states);
        int last = _levels.Count - 1;
        _level = last - 1;
        if (!Visited.TryHold(last + 3, _budget.Table)) return StopReason.MaxMemory;
        while (Visited.Comfortable < _levels.Sum() + (manifest.Begun?.States ?? 0)) // Wide from the start, so that no link is cut.
            if (!Visited.TryGrow(last + 3, _budget.Table)) return StopReason.MaxMemory;
        _linkBits.AddRange(manifest.LinkBits.Take(_levels.Count));
        NoteLinkBits();
        _roomUpTo = Visited.Comfortable;

        int level = 0;
        long left = _levels[0];
        bool fits = true;
        checkpoint.ReadLevels(Visited.Words, _levels.Sum(), (state, link) =>
        {
            if (left == 0) left = _levels[++level];
            left--;
            fits = fits && (level < last ? PutBackInTable(level, state, link) : PutBackOnLevel(state, link));
        });
        if (!fits) return StopReason.MaxMemory;

        Gather();
        _orbits = manifest.Orbits;
        _reached |= manifest.Reached;
        _cpuOfEarlierRuns = TimeSpan.FromSeconds(manifest.CpuSeconds);
        for (int action = 0; action < manifest.Fired.Count; action++) _lanes[0].Fired[action] = manifest.Fired[action];
        _lanes[0].Noted = manifest.Fired.Sum() - manifest.Transitions;
        _pace.StartFrom(_distinct);
        return null;
    }

    /// <summary>Brings back the part of a level that was begun, once the level it comes from is open.</summary>
    private bool ResumeLevel(Manifest manifest)
    {
        _current.Skip(manifest.Taken);
        if (manifest.Begun is not { } begun) return true;
        bool fits = true;
        new Checkpoint(_options.ResumeFrom!, _options.Open).ReadBegun(begun, Visited.Words,
            (state, link) => fits = fits && PutBackOnLevel(state, link));
        if (manifest.LinkBits.Count > _level + 1) _linkBits[_level + 1] = Math.Min(_linkBits[_level + 1], manifest.LinkBits[_level + 1]);
        Gather();
        return fits;
    }

    private bool PutBackInTable(int level, ulong* state, uint link)
    {
        Insertion outcome;
        ulong hash = Visited.Hash(state);
        while ((outcome = Visited.Insert(hash, state, Visited.Mark(level, (ulong)link << 32), shared: false)) == Insertion.Full)
            if (!TryGrow()) return false;
        if (outcome == Insertion.New) _distinct++;
        return true;
    }

    // Through a worker's sink, because the states are to be expanded, and those violating a property to be found again.
    private bool PutBackOnLevel(ulong* state, uint link)
    {
        Sink<TTable, TWorker> sink = NewSink(_lanes[0], shared: false);
        sink.Again((ulong)link << 32, state);
        sink.Close();
        return _lanes[0].Homeless.Count == 0 || TryGrow();
    }

    private void Match(Manifest manifest, string folder)
    {
        string? differs =
            manifest.Scope != _model.Scope ? $"of '{manifest.Scope}', not of '{_model.Scope}'" :
            manifest.StateBits != _model.StateBits || manifest.Model != ModelChecksum() || manifest.Fired.Count != _model.Actions.Count
                ? "of another version of the model" :
            manifest.Symmetry != _options.Symmetry ? $"of a search {(manifest.Symmetry ? "with" : "without")} symmetry" :
            manifest.OnlyProperty != _options.OnlyProperty ? "of a search for other properties" :
            manifest.Levels.Count == 0 ? "of no states" : null;
        if (differs is not null) throw new CheckpointException($"{folder}: the checkpoint is {differs}.");
    }

    private ulong ModelChecksum() => Checkpoint.Checksum(
        string.Join('\n', [.. _model.Properties.Select(property => property.Id), "", .. _model.Actions.Select(action => action.Id)]));
}
