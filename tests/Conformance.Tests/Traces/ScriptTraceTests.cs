using System.Text;
using Checking.Traces;
using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Conformance.Traces;

namespace Conformance.Tests.Traces;

/// <summary>A script and how it went: written, read back, played again.</summary>
public class ScriptTraceTests
{
    private const string
        Superpage = "d1v0 mmu_update foreign=domid_self done=0 | frame=f1 slot=0 kind=normal entry=f2:0xa7\n",
        ReadOnly = "d1v0 mmu_update foreign=domid_self done=0 | frame=f2 slot=0 kind=normal entry=f3:0x25\n",
        Stale = "d1v0 write address=0x10000000ff8 value=0\n"
            + "d1v0 mmu_update foreign=domid_self done=0 | frame=f2 slot=0 kind=normal entry=f2:0x25\n"
            + "d1v0 mmuext_op foreign=domid_self done=0 | command=pin_l2 frame=f3 second=0\n";

    private const string Head = "stage domains=2 vcpus=1\n";

    [Theory]
    [InlineData("XSA-148", Superpage)]
    [InlineData("XSA-182", ReadOnly)]
    [InlineData("XSA-401", Stale)]
    [InlineData(null, Stale)]
    public void What_was_written_is_read_and_plays_as_it_did(string? fault, string acts)
    {
        CaseResult result = Play(acts, fault);
        RecordedScript read = ScriptTraceReader.Read(ItfReader.Read(TraceBytes.Of(ScriptTrace.Of(result, new("simulator", fault, ulong.MaxValue)))));

        Assert.Equal(fault is null, result.Failure is null);
        Assert.Equal(new("simulator", fault, ulong.MaxValue), read.Origin);
        AssertSame(result, read.Result);
        AssertSame(result, Play(read.Result.Script, fault));
    }

    /// <summary>The states are the target's, and say where the model has it otherwise.</summary>
    [Fact]
    public void The_state_that_fails_shows_both_sides()
    {
        ItfTrace trace = ScriptTrace.Of(Play(Superpage, "XSA-148"), new("simulator", "XSA-148", 1));

        ItfValue.Map before = (ItfValue.Map)trace.States[0].Values["differences"], after = (ItfValue.Map)trace.States[1].Values["differences"];
        Assert.Empty(before.Pairs);
        ItfValue.Record entry = Assert.IsType<ItfValue.Record>(Assert.Single(after.Pairs, p => p.Key == (ItfValue)"f1[0]").Value);
        Assert.Contains("Superpage", entry.Text("target"), StringComparison.Ordinal);
        Assert.DoesNotContain("Superpage", entry.Text("model"), StringComparison.Ordinal);
    }

    /// <summary>With the same mistake in both, they agree, and the model's own invariants break.</summary>
    [Theory]
    [InlineData("XSA-148", Superpage, "I-TBITS")]
    [InlineData("XSA-182", ReadOnly, "I-T")]
    [InlineData("XSA-401", Stale, "I-TEXCL")]
    public void A_model_with_the_mistake_breaks_too(string fault, string acts, string claim)
    {
        Script script = ScriptText.Read(Head + acts);
        using Simulator simulator = new(script.Shape, new() { Fault = fault, ModelFault = fault });
        CaseResult result = simulator.Run(script);

        Assert.StartsWith(claim, result.Failure?.Claim, StringComparison.Ordinal);
        Assert.NotNull(result.Failure?.Witness);
    }

    [Theory]
    [InlineData("\"schema\": 1", "\"schema\": 1", null)]
    [InlineData("\"kind\": \"conform\"", "\"kind\": \"check\"", "no trace of conform")]
    [InlineData("\"fault\": \"XSA-401\"", "\"fault\": \"XSA-1\"", "no fault 'XSA-1'")]
    [InlineData("\"fault\": \"XSA-401\"", "\"fault\": 3", "'fault' is not a string")]
    [InlineData("\"seed\": 5", "\"seed\": -1", "'seed' is -1")]
    [InlineData("\"seed\": 5", "\"sead\": 5", "'seed' is missing")]
    [InlineData("\"script\": \"stage", "\"script\": \"stag", "line 1")]
    [InlineData("\"class\": \"Laxer\"", "\"class\": \"0\"", "'class' is none of Laxer")]
    [InlineData("\"kind\": \"Answered\"", "\"kind\": \"answered\"", "'kind' is none of")]
    [InlineData("\"violationStep\": 3", "\"violationStep\": 9", "'violationStep' is 9")]
    [InlineData("\"violationStep\": 3", "\"violationStep\": 0", "'violationStep' is 0")]
    [InlineData("\"violationStep\": 3", "\"violationStep\": 36893488147419103232", "a number of 66 bits")]
    public void Anything_else_is_refused_in_a_sentence(string was, string now, string? says)
    {
        string text = Encoding.UTF8.GetString(TraceBytes.Of(ScriptTrace.Of(Play(Stale, "XSA-401"), new("simulator", "XSA-401", 5))));
        Assert.Contains(was, text, StringComparison.Ordinal);
        byte[] changed = Encoding.UTF8.GetBytes(text.Replace(was, now, StringComparison.Ordinal));
        if (says is null)
        {
            Assert.Equal(5UL, ScriptTraceReader.Read(ItfReader.Read(changed)).Origin.Seed);
            return;
        }

        Assert.Contains(says, Assert.Throws<InvalidDataException>(() => ScriptTraceReader.Read(ItfReader.Read(changed))).Message, StringComparison.Ordinal);
    }

    private static void AssertSame(CaseResult one, CaseResult other)
    {
        Assert.Equal(one.Script, other.Script);
        Assert.Equal(one.Steps, other.Steps);
        Assert.Equal(one.Failure, other.Failure);
    }

    private static CaseResult Play(string acts, string? fault) => Play(ScriptText.Read(Head + acts), fault);

    private static CaseResult Play(Script script, string? fault)
    {
        using Simulator simulator = new(script.Shape, new() { Fault = fault });
        return simulator.Run(script);
    }
}
