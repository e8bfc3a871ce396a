namespace Checking.Exploration;

/// <summary>Blocks of the frontier that wait on disk. The file has no name once it is open, so nothing is left behind however the
/// process ends.</summary>
/// <param name="folder">where there is room</param>
internal sealed unsafe class SpillFile(string folder, int blockBytes, OpenFile open) : IDisposable
{
    private readonly Stack<long> _free = [];
    private readonly Lock _lock = new();
    private Stream? _file;
    private long _bytes;

    /// <summary>The most bytes the file has had.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <returns>where the block was put</returns>
    /// <exception cref="IOException">the disk is full, or broken</exception>
    public long Write(ulong* block)
    {
        lock (_lock)
        {
            _file ??= Create();
            long offset = _free.TryPop(out long free) ? free : _bytes;
            _file.Position = offset;
            _file.WriteOrFail(new ReadOnlySpan<byte>(block, blockBytes));
            _bytes = Math.Max(_bytes, offset + blockBytes);
            return offset;
        }
    }

    /// <summary>Reads a block and keeps it.</summary>
    public void Read(long offset, ulong* block)
    {
        lock (_lock)
        {
            _file!.Position = offset;
            _file.ReadExactly(new Span<byte>(block, blockBytes));
        }
    }

    /// <summary>Gives up the place of a block.</summary>
    public void Free(long offset)
    {
        lock (_lock) _free.Push(offset);
    }

    public void Dispose() => _file?.Dispose();

    private Stream Create()
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, $"ringfence-frontier-{Guid.NewGuid():N}");
        Stream file = open(path, FileMode.CreateNew);
        File.Delete(path);
        return file;
    }
}

/// <summary>Opens a file for reading and writing. Tests put a full disk in its place.</summary>
internal delegate Stream OpenFile(string path, FileMode mode);
