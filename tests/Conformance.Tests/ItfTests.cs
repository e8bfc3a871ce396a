using System.Numerics;
using System.Text;
using Checking.Traces;
using Conformance.Traces;
using FsCheck;
using FsCheck.Fluent;

namespace Conformance.Tests;

public class ItfTests
{
    [Fact]
    public void A_finding_reads_as_expected()
    {
        string text = Text(Sample).Replace(SpecHash, "SPEC", StringComparison.Ordinal);
        Golden.Check("violation.itf.json", text.Replace(FindingTrace.ToolVersion, "VERSION", StringComparison.Ordinal) + "\n");
    }

    /// <summary>What was written is read, and writes the same text again.</summary>
    [Fact]
    public void A_trace_survives_the_round_trip() => Assert.Equal(Text(Sample), Text(ItfReader.Read(TraceBytes.Of(Sample))));

    /// <summary>Any value whatever survives it.</summary>
    [Fact]
    public void Every_value_survives_the_round_trip() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(Arb.From(Value(3)), value =>
        {
            ItfTrace trace = new(ItfValue.Of(), ["x"], [new(ItfValue.Of(), new Dictionary<string, ItfValue> { ["x"] = value })]);
            return Text(trace) == Text(ItfReader.Read(TraceBytes.Of(trace)));
        }));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"vars":["x"],"states":[{}]}""")]
    [InlineData("""{"vars":["x"],"states":[{"x":{"#bigint":"ten"}}]}""")]
    [InlineData("""{"vars":["x"],"states":[{"x":{"#map":[1]}}]}""")]
    [InlineData("""{"vars":["x"],"states":[{"x":1.5}]}""")]
    [InlineData("""{"vars":["x"],"states":[{"x":{"#bigint":3}}]}""")]
    [InlineData("""{"vars":[3],"states":[3]}""")]
    public void Anything_else_is_refused_in_a_sentence(string text) =>
        Assert.Throws<InvalidDataException>(() => ItfReader.Read(Encoding.UTF8.GetBytes(text)));

    private static ItfTrace Sample => FindingTrace.Of(Samples.Violation, "guest.elf", 5, "./ringfence run guest.elf --seed 5");

    private static string SpecHash => typeof(Model.ClauseAttribute).Module.ModuleVersionId.ToString("N");

    private static Gen<ItfValue> Value(int depth)
    {
        Gen<ItfValue> leaf = Gen.OneOf(
            ArbMap.Default.GeneratorFor<bool>().Select(b => (ItfValue)b),
            ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => (ItfValue)Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(s.Get))),
            ArbMap.Default.GeneratorFor<BigInteger>().Select(i => (ItfValue)new ItfValue.Integer(i)));
        if (depth == 0) return leaf;

        Gen<ItfValue[]> items = Gen.ArrayOf(Value(depth - 1), 3);
        return Gen.OneOf(
            leaf,
            items.Select(i => (ItfValue)new ItfValue.Sequence(i)),
            items.Select(i => (ItfValue)new ItfValue.Tuple(i)),
            items.Select(i => (ItfValue)new ItfValue.Set(i)),
            items.Select(i => (ItfValue)new ItfValue.Map([.. i.Select(v => (v, v))])),
            items.Select(i => (ItfValue)new ItfValue.Record([.. i.Select((v, n) => ($"f{n}", v))])));
    }

    private static string Text(ItfTrace trace) => Encoding.UTF8.GetString(TraceBytes.Of(trace));
}
