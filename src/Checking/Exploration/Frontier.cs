namespace Checking.Exploration;

/// <summary>Some states of one level, one after the other; in memory or on disk.</summary>
internal sealed unsafe class FrontierBlock(ulong* states)
{
    /// <summary>Null while the block is on disk, and when it has been expanded.</summary>
    public ulong* States { get; set; } = states;

    public int Count { get; set; }

    /// <summary>Where on disk the block is; negative if it is in memory.</summary>
    public long Offset = -1;

    /// <summary>Chunks that are not expanded yet.</summary>
    public int ChunksLeft;
}

/// <summary>A run of states for one worker to expand.</summary>
internal readonly record struct Chunk(FrontierBlock Block, int From, int Count);

/// <summary>The states of one level that wait to be expanded, in the order in which they were put in.</summary>
internal sealed unsafe class Frontier(BlockPool pool, SpillFile disk)
{
    private readonly List<FrontierBlock> _blocks = [];
    private readonly int _chunksPerBlock = pool.BlockStates / BlockPool.ChunkStates;
    private long _cursor, _skipped;

    /// <summary>States put in, blocks that are still being filled not counted.</summary>
    public long Count { get; private set; }

    /// <summary>States that were taken: all before this place of the order, and none after it.</summary>
    public long Taken
    {
        get
        {
            long cursor = Math.Min(Volatile.Read(ref _cursor), (long)_blocks.Count * _chunksPerBlock), taken = _skipped;
            int whole = (int)(cursor / _chunksPerBlock);
            for (int i = 0; i < whole; i++) taken += _blocks[i].Count;
            int started = (int)(cursor % _chunksPerBlock) * BlockPool.ChunkStates;
            return started == 0 ? taken : taken + Math.Min(started, _blocks[whole].Count);
        }
    }

    /// <summary>Adds a block that will not be filled any further. Any thread may call this, while none takes.</summary>
    public void Add(FrontierBlock block)
    {
        block.ChunksLeft = (block.Count + BlockPool.ChunkStates - 1) / BlockPool.ChunkStates;
        lock (_blocks)
        {
            _blocks.Add(block);
            Count += block.Count;
        }
    }

    /// <summary>Adds a full block and gives memory for the next: its own if there is no other, and it then waits on disk.</summary>
    /// <exception cref="IOException">the disk is full</exception>
    public ulong* Exchange(FrontierBlock full)
    {
        if (!pool.TryRent(out ulong* fresh))
        {
            full.Offset = disk.Write(full.States);
            fresh = full.States;
            full.States = null;
        }

        Add(full);
        return fresh;
    }

    public bool TryTake(out Chunk chunk)
    {
        while (true)
        {
            long taken = Interlocked.Increment(ref _cursor) - 1;
            long index = taken / _chunksPerBlock;
            chunk = default;
            if (index >= _blocks.Count) return false;

            FrontierBlock block = _blocks[(int)index];
            int from = (int)(taken % _chunksPerBlock) * BlockPool.ChunkStates;
            if (from >= block.Count) continue;
            if (Volatile.Read(ref block.Offset) >= 0) Load(block);
            chunk = new Chunk(block, from, Math.Min(BlockPool.ChunkStates, block.Count - from));
            return true;
        }
    }

    /// <summary>Tells that a chunk is expanded; with the last of its block the memory goes back.</summary>
    public void Done(in Chunk chunk)
    {
        if (Interlocked.Decrement(ref chunk.Block.ChunksLeft) > 0) return;
        pool.Return(chunk.Block.States);
        chunk.Block.States = null;
    }

    /// <summary>Leaves out states that were expanded before the search was interrupted: so many of the first.</summary>
    public void Skip(long states)
    {
        _skipped = states;
        while (states > 0)
        {
            FrontierBlock first = _blocks[0];
            if (first.Offset >= 0) Load(first);
            int gone = (int)Math.Min(states, first.Count);
            states -= gone;
            if (gone == first.Count)
            {
                pool.Return(first.States);
                _blocks.RemoveAt(0);
                continue;
            }

            int left = first.Count - gone;
            new ReadOnlySpan<ulong>(first.States + (long)gone * pool.Words, left * pool.Words)
                .CopyTo(new Span<ulong>(first.States, left * pool.Words));
            first.Count = left;
            first.ChunksLeft = (left + BlockPool.ChunkStates - 1) / BlockPool.ChunkStates;
        }
    }

    /// <summary>Reads all states, in order, while nobody takes or adds any.</summary>
    /// <param name="each">is given a block's states and their number</param>
    public void ForEachBlock(BlockReader each)
    {
        ulong* spare = null;
        foreach (FrontierBlock block in _blocks)
        {
            if (block.Offset >= 0) disk.Read(block.Offset, spare == null ? spare = pool.Rent() : spare);
            each(block.Offset < 0 ? block.States : spare, block.Count);
        }

        if (spare != null) pool.Return(spare);
    }

    private void Load(FrontierBlock block)
    {
        lock (block)
        {
            if (block.Offset < 0) return;
            block.States = pool.Rent();
            disk.Read(block.Offset, block.States);
            disk.Free(block.Offset);
            Volatile.Write(ref block.Offset, -1); // From here on others go past the lock.
        }
    }
}

/// <summary>Takes some states, one after the other.</summary>
internal unsafe delegate void BlockReader(ulong* states, int count);
