using System.Buffers;
using System.Globalization;
using System.Text;

namespace Conformance.RealXen;

/// <summary>Finds the guest's records in what an emulated serial line carries, and keeps the last of what else it carries.</summary>
/// <remarks>The line is shared with firmware and Xen, and whatever a guest makes of itself: every byte is untrusted. Memory is bounded.</remarks>
internal sealed class RecordReader
{
    /// <summary>A record is <c>~</c>, its kind, and at most four words and a checksum of at most 16 digits each.</summary>
    private const int LongestRecord = 128, MostWords = 4;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private const int LinesKept = 12, LongestLine = 200;

    private readonly StringBuilder _line = new();
    private readonly Queue<string> _others = [];

    /// <summary>Bytes read so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Lines that look like records and are none: damaged.</summary>
    public int Damaged { get; private set; }

    /// <summary>The last lines that are no records.</summary>
    public IReadOnlyCollection<string> Others => _others;

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">as they came</param>
    /// <param name="heard">is told each record</param>
    /// <param name="said">is told each other line</param>
    public void Read(ReadOnlySpan<byte> bytes, Action<Record> heard, Action<string>? said = null)
    {
        Bytes += bytes.Length;
        foreach (byte b in bytes)
        {
            if (b == '\n') EndLine(heard, said);
            else if (b != '\r' && _line.Length < LongestLine) _line.Append(b is >= 0x20 and < 0x7f ? (char)b : '?');
        }
    }

    private void EndLine(Action<Record> heard, Action<string>? said)
    {
        string line = _line.ToString();
        _line.Clear();
        // Xen or the firmware may have left the line unfinished on which the record stands.
        int at = line.LastIndexOf('~');
        if (at >= 0 && TryParse(line.AsSpan(at), out Record record))
        {
            heard(record);
            return;
        }

        if (at >= 0) Damaged++;
        if (line.Length == 0) return;
        if (_others.Count == LinesKept) _others.Dequeue();
        _others.Enqueue(line);
        said?.Invoke(line);
    }

    /// <summary>Reads one record.</summary>
    /// <returns>false: it is none, or damaged</returns>
    public static bool TryParse(ReadOnlySpan<char> line, out Record record)
    {
        record = default;
        int space = line.LastIndexOf(' ');
        if (line.Length is < 4 or > LongestRecord || space < 2 || line[0] != '~' || !Enum.IsDefined((RecordKind)(byte)line[1])) return false;
        if (!TryWord(line[(space + 1)..], out ulong checksum) || checksum != Checksum(line[..space])) return false;

        List<ulong> words = [];
        ReadOnlySpan<char> rest = line[2..space];
        while (!rest.IsEmpty)
        {
            if (rest[0] != ' ' || words.Count == MostWords) return false;
            rest = rest[1..];
            int end = rest.IndexOf(' ');
            if (end < 0) end = rest.Length;
            if (!TryWord(rest[..end], out ulong word)) return false;
            words.Add(word);
            rest = rest[end..];
        }

        RecordKind kind = (RecordKind)(byte)line[1];
        record = new(kind, words);
        return words.Count == WordsOf(kind);
    }

    private static int WordsOf(RecordKind kind) => kind switch
    {
        RecordKind.Begin or RecordKind.Spoilt or RecordKind.End => 1,
        RecordKind.Hello or RecordKind.Result or RecordKind.Turn => 2,
        _ => 4,
    };

    /// <summary>CRC-32 as IEEE 802.3 has it.</summary>
    public static uint Checksum(ReadOnlySpan<char> text)
    {
        uint crc = uint.MaxValue;
        foreach (char c in text)
        {
            crc ^= (byte)c;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0xedb8_8320);
        }

        return ~crc;
    }

    private static bool TryWord(ReadOnlySpan<char> digits, out ulong word)
    {
        word = 0;
        return digits.Length is > 0 and <= 16 && !digits.ContainsAnyExcept(Digits)
            && ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out word);
    }
}
