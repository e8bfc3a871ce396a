namespace Checking.Exploration;

/// <summary>Memory for the blocks of frontiers: all of one size, given back as soon as their states are expanded, and given out
/// again to the level that grows at the same time.</summary>
internal sealed unsafe class BlockPool : IDisposable
{
    /// <summary>States that one worker takes at a time.</summary>
    public const int ChunkStates = 128;

    private readonly HugePages _pages;
    private readonly Stack<nint> _free = [];
    private readonly Lock _lock = new();
    private long _used;

    /// <param name="mostBytes">the pool will never have more</param>
    public BlockPool(int words, long mostBytes)
    {
        Words = words;
        BlockStates = Math.Max(32768 / words, ChunkStates) / ChunkStates * ChunkStates;
        _pages = new HugePages(Math.Max(mostBytes, 4 * BlockBytes));
    }

    /// <summary>Words of a state.</summary>
    public int Words { get; }

    public int BlockStates { get; }

    public long BlockBytes => (long)BlockStates * Words * sizeof(ulong);

    /// <summary>Bytes taken from the system so far; they are not given back.</summary>
    public long Bytes => Volatile.Read(ref _used);

    /// <exception cref="InsufficientMemoryException">the pool is at its limit</exception>
    public ulong* Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out nint block)) return (ulong*)block;
            if (!_pages.TryCommit(_used + BlockBytes))
                throw new InsufficientMemoryException($"No {_used + BlockBytes:N0} bytes of memory for the frontier.");
            ulong* fresh = (ulong*)(_pages.Start + _used);
            _used += BlockBytes;
            return fresh;
        }
    }

    public void Return(ulong* block)
    {
        lock (_lock) _free.Push((nint)block);
    }

    public void Dispose() => _pages.Dispose();
}
