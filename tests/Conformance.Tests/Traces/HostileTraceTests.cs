using System.Text;
using Checking.Traces;
using Conformance.Scripts;
using Conformance.Simulation;
using Conformance.Traces;

namespace Conformance.Tests.Traces;

/// <summary>Whatever a file holds, the readers give a trace or one sentence.</summary>
public class HostileTraceTests
{
    /// <summary>Bytes that mean something in JSON.</summary>
    private static readonly byte[] Telling = [.. "{}[]\",:0123456789-eE\\tfn"u8];

    private static readonly byte[] Good = Bytes();

    /// <summary>Bytes of a good trace flipped, removed, doubled, or put elsewhere.</summary>
    [Fact]
    public void A_mutated_trace_is_read_or_refused()
    {
        Random random = new(1);
        int refused = 0;
        for (int i = 0; i < 4000; i++)
        {
            byte[] bytes = Mutated(Good, random);
            try
            {
                RecordedScript read = ScriptTraceReader.Read(ItfReader.Read(bytes));
                Assert.True(read.Result.Steps.Count <= read.Result.Script.Acts.Count);
            }
            catch (InvalidDataException e)
            {
                refused++;
                Assert.NotEmpty(e.Message);
            }
        }

        Assert.InRange(refused, 100, 4000);
    }

    [Fact]
    public void A_trace_cut_anywhere_is_refused()
    {
        for (int length = 0; length < Good.Length; length += 101)
            Assert.Throws<InvalidDataException>(() => ScriptTraceReader.Read(ItfReader.Read(Good.AsMemory(0, length))));
    }

    [Theory]
    [InlineData("NaN", "not JSON")]
    [InlineData("""{"vars":[],"vars":[],"states":[]}""", "not JSON")]
    [InlineData("""{"vars":["x"],"states":[{"x":1,"x":2}]}""", "not JSON")]
    [InlineData("""{"vars":["x","x"],"states":[]}""", "named twice")]
    [InlineData("""{"vars":["x"],"states":[{"x":NaN}]}""", "not JSON")]
    [InlineData("""{"vars":["x"],"states":[{"x":1e400}]}""", "not an integer")]
    [InlineData("""{"vars":["x"],"states":[{"x":null}]}""", "null")]
    [InlineData("""{"vars":["x"],"states":[{"x":"\ud800"}]}""", "no text")]
    [InlineData("""{"#meta":3,"vars":[],"states":[]}""", "'#meta' is not a record")]
    [InlineData("""{"vars":null,"states":[]}""", "no array 'vars'")]
    public void What_is_no_trace_is_refused(string text, string says) =>
        Assert.Contains(says, Refused(Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal);

    [Fact]
    public void What_is_too_much_is_refused()
    {
        Assert.Contains("UTF-8", Refused([.. "{\"vars\":[\""u8, 0xff, 0xfe, .. "\"],\"states\":[]}"u8]), StringComparison.Ordinal);
        Assert.Contains("larger than", Refused(Encoding.ASCII.GetBytes(new string('[', 100_000_000))), StringComparison.Ordinal);
        Assert.Contains("not JSON", Refused(Encoding.ASCII.GetBytes(new string('[', ItfReader.MostBytes))), StringComparison.Ordinal);
        Assert.Contains("digits", Refused(Encoding.ASCII.GetBytes("""{"vars":["x"],"states":[{"x":{"#bigint":"N"}}]}""".Replace("N", new('9', 10_000_000), StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.Contains("values", Refused(Encoding.ASCII.GetBytes("""{"vars":["x"],"states":[{"x":[1N]}]}""".Replace("N", string.Concat(Enumerable.Repeat(",1", ItfReader.MostValues)), StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    private static string Refused(byte[] bytes) => Assert.Throws<InvalidDataException>(() => ItfReader.Read(bytes)).Message;

    private static byte[] Mutated(byte[] from, Random random)
    {
        List<byte> bytes = [.. from];
        for (int n = random.Next(1, 5); n > 0; n--)
        {
            int at = random.Next(bytes.Count), length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = Telling[random.Next(Telling.Length)]; break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length)); break;
                default: bytes.RemoveRange(at, bytes.Count - at - 1); break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Bytes()
    {
        Script script = ScriptText.Read("stage domains=1 vcpus=1\nd1v0 mmu_update foreign=domid_self done=0 | frame=f1 slot=0 kind=normal entry=f2:0xa7\n");
        using Simulator simulator = new(script.Shape, new() { Fault = "XSA-148" });
        return TraceBytes.Of(ScriptTrace.Of(simulator.Run(script), new("simulator", "XSA-148", 5)));
    }
}
