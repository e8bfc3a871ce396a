namespace Checking.Exploration;

/// <summary>Memory for the blocks of frontiers: all of one size, given back as soon as their states are expanded, and given out
/// again to the level that grows at the same time.</summary>
internal sealed unsafe class BlockPool : IDisposable
{
    /// <summary>States that one worker takes at a time.</summary>
    public const int ChunkStates = 128;

    private const int BlocksPerWorker = 4;

    private readonly HugePages _pages;
    private readonly long _mostBytes;
    private readonly Stack<nint> _free = [];
    private readonly Lock _lock = new();
    private long _used, _inHand;

    /// <param name="words">of a state</param>
    /// <param name="mostBytes">beyond that blocks go to disk, but for a few that workers have in hand</param>
    public BlockPool(int words, int workers, long mostBytes)
    {
        Words = words;
        BlockStates = Math.Max(32768 / words, ChunkStates) / ChunkStates * ChunkStates;
        _mostBytes = mostBytes;
        _pages = new HugePages(mostBytes + BlocksPerWorker * workers * BlockBytes);
    }

    /// <summary>Words of a state.</summary>
    public int Words { get; }

    public int BlockStates { get; }

    public int BlockBytes => BlockStates * Words * sizeof(ulong);

    /// <summary>Bytes taken from the system so far; they are not given back.</summary>
    public long Bytes => Volatile.Read(ref _used);

    /// <returns>false if the pool has all it should have</returns>
    public bool TryRent(out ulong* block) => TryRent(_mostBytes, out block);

    /// <summary>A block that a worker cannot go on without.</summary>
    /// <exception cref="InsufficientMemoryException">the system has no more</exception>
    public ulong* Rent() => TryRent(_pages.Reserved, out ulong* block)
        ? block
        : throw new InsufficientMemoryException($"No {_used + BlockBytes:N0} bytes of memory for the frontier.");

    public void Return(ulong* block)
    {
        lock (_lock)
        {
            _free.Push((nint)block);
            _inHand -= BlockBytes;
        }
    }

    public void Dispose() => _pages.Dispose();

    private bool TryRent(long limit, out ulong* block)
    {
        lock (_lock)
        {
            block = null;
            if (_inHand + BlockBytes > limit) return false; // A free block may be one that only a worker in need is to have.
            if (_free.TryPop(out nint free)) block = (ulong*)free;
            else
            {
                if (!_pages.TryCommit(_used + BlockBytes)) return false;
                block = (ulong*)(_pages.Start + _used);
                _used += BlockBytes;
            }

            _inHand += BlockBytes;
            return true;
        }
    }
}
