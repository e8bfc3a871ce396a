using System.Text.Json;

namespace Cli.Tests;

/// <summary><c>ringfence prove</c> as a user runs it.</summary>
public class ProofTests
{
    [Fact]
    public async Task Everything_is_proved()
    {
        Ringfence.Answer answer = await Ringfence.Run("prove", "--format", "json");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        JsonElement json = answer.Json;
        Assert.Equal("holds", json.GetProperty("verdict").GetString());
        Assert.True(json.GetProperty("unbounded").GetBoolean());
        Assert.True(json.GetProperty("queries").GetInt32() > 1000);
        Assert.Equal(json.GetProperty("queries").GetInt32(), json.GetProperty("proved").GetInt32());
        Assert.Empty(json.GetProperty("failed").EnumerateArray());
        Assert.Empty(json.GetProperty("vacuous").EnumerateArray());
        Assert.Contains(json.GetProperty("groups").EnumerateArray(), g => g.GetProperty("group").GetString() == "inductive");
        Assert.Equal(JsonValueKind.Null, json.GetProperty("mutation").ValueKind);
        Assert.StartsWith("Z3 4.", json.GetProperty("solver").GetString(), StringComparison.Ordinal);
        Assert.True(json.GetProperty("cpuSeconds").GetDouble() > 0);
    }

    [Theory]
    [InlineData("XSA-182", "I-TDELTA", "EditInPlace")]
    [InlineData("XSA-7", "I-CSTACK", "LeaveFast")]
    public async Task A_mistake_made_again_fails_at_its_step(string fault, string invariant, string step)
    {
        Ringfence.Answer answer = await Ringfence.Run("prove", "--fault", fault, "--property", invariant, "--format", "json");

        Assert.True(answer.ExitCode == 12, answer.Output + answer.Error);
        Assert.Equal("violated", answer.Json.GetProperty("verdict").GetString());
        JsonElement failed = answer.Json.GetProperty("failed");
        Assert.All(failed.EnumerateArray(), f => Assert.Equal((step, invariant), (f.GetProperty("step").GetString(), f.GetProperty("invariant").GetString())));
        JsonElement found = failed[0].GetProperty("counterexample");
        Assert.NotEmpty(found.GetProperty("witness").GetString()!);
        Assert.Equal(2, found.GetProperty("trace").GetArrayLength());
        Assert.StartsWith(step, found.GetProperty("trace")[1].GetProperty("action").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_counterexample_reads_as_expected()
    {
        Ringfence.Answer answer = await Ringfence.Run("prove", "--fault", "XSA-182", "--property", "I-TEXCL");

        Assert.Equal(12, answer.ExitCode);
        Assert.Matches(@"\AFAIL  I-TEXCL  No guest can write .*\n.*\n\n   0  a state in which every invariant holds\n(          .*\n)+\n   1  EditInPlace .*\n        - .*\n        \+ .*\n\n   ✗  ", answer.Output);
        Assert.Contains("VIOLATED  I-TEXCL  by EditInPlace\n", answer.Output, StringComparison.Ordinal);
        Assert.Contains("again        ./ringfence prove --property I-TEXCL --fault XSA-182\n", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_solver_it_says_what_to_install() =>
        Assert.Equal(1, Verb.Execute("prove", "./ringfence prove", () => throw new TypeInitializationException("Native", new DllNotFoundException("libz3.so.4"))));
}
