namespace Checking.Exploration;

/// <summary>Some states of one level, one after the other.</summary>
internal sealed unsafe class FrontierBlock(ulong* states)
{
    public ulong* States { get; set; } = states;

    public int Count { get; set; }

    /// <summary>Chunks that are not expanded yet.</summary>
    public int ChunksLeft;
}

/// <summary>A run of states for one worker to expand.</summary>
internal readonly record struct Chunk(FrontierBlock Block, int From, int Count);

/// <summary>The states of one level that wait to be expanded, in the order in which they were put in.</summary>
internal sealed unsafe class Frontier(BlockPool pool)
{
    private readonly List<FrontierBlock> _blocks = [];
    private readonly int _chunksPerBlock = pool.BlockStates / BlockPool.ChunkStates;
    private long _cursor;

    /// <summary>States put in, blocks that are still being filled not counted.</summary>
    public long Count { get; private set; }

    public IReadOnlyList<FrontierBlock> Blocks => _blocks;

    /// <summary>States that were taken: all before this place of the order, and none after it.</summary>
    public long Taken
    {
        get
        {
            long cursor = Math.Min(Volatile.Read(ref _cursor), (long)_blocks.Count * _chunksPerBlock), taken = 0;
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
}
