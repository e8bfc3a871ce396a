using System.Text;
using Conformance.RealXen;
using Record = Conformance.RealXen.Record;

namespace Conformance.Tests.RealXen;

/// <summary>What comes over the serial line is believed only where its checksum vouches for it, and is bounded whatever comes.</summary>
public sealed class RecordReaderTests
{
    private const string Result = "~R 5 10314b9e1982a4c9 cfbdd09f";

    [Fact]
    public void A_record_is_read_wherever_it_stands_on_its_line()
    {
        (List<Record> records, RecordReader reader) = Read($"Booting from ROM..{Result}\r\n");

        Record record = Assert.Single(records);
        Assert.Equal(RecordKind.Result, record.Kind);
        Assert.Equal([5, 0x10314b9e1982a4c9], record.Words);
        Assert.Equal(0, reader.Damaged);
    }

    [Fact]
    public void A_record_with_any_character_changed_is_damaged()
    {
        for (int i = 0; i < Result.Length; i++)
        {
            for (char c = ' '; c < 0x7f; c++)
            {
                if (c == Result[i]) continue;
                string line = $"{Result[..i]}{c}{Result[(i + 1)..]}";
                Assert.False(RecordReader.TryParse(line, out _), line);
            }
        }
    }

    [Fact]
    public void A_record_cut_short_is_damaged()
    {
        for (int length = 0; length < Result.Length; length++) Assert.False(RecordReader.TryParse(Result.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData("~R 5")]
    [InlineData("~R 5 6 7")]
    [InlineData("~Z 5 6")]
    [InlineData("~R 5 -6")]
    [InlineData("~R 5  6")]
    [InlineData("~R 5 11112222333344445")]
    [InlineData("~S 1 2 3 4 5")]
    public void A_sound_checksum_does_not_make_a_record_of_another_shape(string text)
    {
        Assert.False(RecordReader.TryParse($"{text} {RecordReader.Checksum(text):x}", out _));
    }

    [Fact]
    public void Endless_lines_and_binary_rubbish_cost_no_memory()
    {
        byte[] rubbish = new byte[1 << 20];
        new Random(1).NextBytes(rubbish);
        Array.Fill(rubbish, (byte)'~', 0, 1 << 19);
        RecordReader reader = new();
        for (int i = 0; i < 4; i++) reader.Read(rubbish, _ => Assert.Fail("there is no record"));

        Assert.Equal(4L << 20, reader.Bytes);
        Assert.InRange(reader.Others.Sum(o => o.Length), 0, 12 * 200);
    }

    [Fact]
    public void Damage_between_two_records_spares_them()
    {
        (List<Record> records, RecordReader reader) = Read($"{Result}\n~R 5 1031{(char)7}\n{Result}\n");

        Assert.Equal(2, records.Count);
        Assert.Equal(1, reader.Damaged);
    }

    private static (List<Record> Records, RecordReader Reader) Read(string text)
    {
        List<Record> records = [];
        RecordReader reader = new();
        foreach (byte b in Encoding.Latin1.GetBytes(text)) reader.Read([b], records.Add);
        return (records, reader);
    }
}
