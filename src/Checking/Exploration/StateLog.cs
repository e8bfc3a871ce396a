using System.Numerics;
using System.Runtime.InteropServices;

namespace Checking.Exploration;

/// <summary>A file of states, the link of each after it: <c>words</c> little-endian words of 64 bits and one of 32, the leading
/// bits of the parent's hash. Bytes are buffered here and not in the stream, so that closing it never writes.</summary>
internal sealed unsafe class StateLog : IDisposable
{
    private const ulong Start = 0x9E3779B97F4A7C15;

    private readonly Stream _file;
    private readonly int _words;
    private readonly byte[] _buffer = new byte[1 << 20];
    private int _buffered;

    /// <param name="file">positioned where the log goes on</param>
    /// <param name="words">of a state</param>
    /// <param name="checksum">of what is there already; null if nothing is</param>
    public StateLog(Stream file, int words, ulong? checksum = null)
    {
        _file = file;
        _words = words;
        Bytes = file.Position;
        Checksum = checksum ?? Start;
    }

    /// <summary>All bytes appended.</summary>
    public long Bytes { get; private set; }

    /// <summary>Of all bytes appended.</summary>
    public ulong Checksum { get; private set; }

    public int RecordBytes => _words * sizeof(ulong) + sizeof(uint);

    /// <exception cref="IOException">the disk is full</exception>
    public void Append(ulong* state, uint link)
    {
        if (_buffered + RecordBytes > _buffer.Length) WriteBuffer();
        Span<byte> record = _buffer.AsSpan(_buffered, RecordBytes);
        new ReadOnlySpan<byte>(state, _words * sizeof(ulong)).CopyTo(record);
        MemoryMarshal.Write(record[(_words * sizeof(ulong))..], link);
        _buffered += RecordBytes;
        Bytes += RecordBytes;
        Checksum = Sum(Checksum, state, _words, link);
    }

    /// <summary>Sees to it that all is on the disk and not in some cache.</summary>
    public void Flush()
    {
        WriteBuffer();
        if (_file is FileStream file) file.Flush(flushToDisk: true);
        else _file.Flush();
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Reads so many records from where the file stands.</summary>
    /// <returns>their checksum, if that of what comes before them is given</returns>
    /// <exception cref="EndOfStreamException">there are fewer</exception>
    public static ulong Read(Stream file, int words, long records, RecordReader each, ulong checksum = Start)
    {
        int recordBytes = words * sizeof(ulong) + sizeof(uint);
        byte[] buffer = new byte[(1 << 20) / recordBytes * recordBytes];
        ulong* state = stackalloc ulong[words];
        while (records > 0)
        {
            int some = (int)Math.Min(records, buffer.Length / recordBytes);
            file.ReadExactly(buffer, 0, some * recordBytes);
            for (int i = 0; i < some; i++)
            {
                ReadOnlySpan<byte> record = buffer.AsSpan(i * recordBytes, recordBytes);
                record[..(words * sizeof(ulong))].CopyTo(new Span<byte>(state, words * sizeof(ulong)));
                uint link = MemoryMarshal.Read<uint>(record[(words * sizeof(ulong))..]);
                checksum = Sum(checksum, state, words, link);
                each(state, link);
            }

            records -= some;
        }

        return checksum;
    }

    private void WriteBuffer()
    {
        _file.WriteOrFail(_buffer.AsSpan(0, _buffered));
        _buffered = 0;
    }

    private static ulong Sum(ulong sum, ulong* state, int words, uint link)
    {
        for (int i = 0; i < words; i++) sum = (BitOperations.RotateLeft(sum, 23) ^ state[i]) * 0xff51afd7ed558ccd;
        return (BitOperations.RotateLeft(sum, 23) ^ link) * 0xff51afd7ed558ccd;
    }
}

/// <summary>Takes a state and the leading bits of its parent's hash.</summary>
internal unsafe delegate void RecordReader(ulong* state, uint link);
