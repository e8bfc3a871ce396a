using System.Text.Json;
using Checking.Traces;

namespace Conformance.Tests;

/// <summary>No claim without a fault: a historical mistake, made again, is found by name; without it the same guest holds.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("XSA-148", "xsa148", "I-TBITS")]
    [InlineData("XSA-182", "xsa182", "I-TEXCL")]
    [InlineData("XSA-401", "xsa401", "I-TEXCL")]
    public async Task A_mistake_made_again_is_found(string fault, string guest, string invariant)
    {
        Ringfence.Answer answer = await Ringfence.Run("run", Guests.Image($"faults/{guest}"), "--fault", fault, "--out", _folder, "--format", "json");

        Assert.True(answer.ExitCode == 12, answer.Output + answer.Error);
        Assert.Equal("violated", answer.Json.GetProperty("verdict").GetString());
        Assert.Equal("violation", answer.Json.GetProperty("stoppedBy").GetString());
        JsonElement finding = answer.Json.GetProperty("finding");
        Assert.Equal(invariant, finding.GetProperty("claim").GetString());
        Assert.NotEmpty(finding.GetProperty("witness").GetString()!);
        ItfTrace trace = ItfReader.Read(File.ReadAllBytes(finding.GetProperty("trace").GetString()!));
        Assert.True(trace.States.Count > 1);
    }

    [Theory]
    [InlineData("XSA-148", "xsa148")]
    [InlineData("XSA-182", "xsa182")]
    [InlineData("XSA-401", "xsa401")]
    public async Task The_report_reads_as_expected(string fault, string guest)
    {
        string image = Guests.Image($"faults/{guest}");
        Ringfence.Answer answer = await Ringfence.Run("run", image, "--fault", fault, "--out", _folder);

        int report = answer.Output.IndexOf("FAIL", StringComparison.Ordinal);
        int verdict = answer.Output.IndexOf("\nVIOLATED", StringComparison.Ordinal);
        Assert.True(report >= 0 && verdict > report, answer.Output + answer.Error);
        Golden.Check($"{guest}.txt", Frames.Rename(answer.Output[report..verdict])
            .Replace(_folder, "out", StringComparison.Ordinal)
            .Replace(Path.GetDirectoryName(image)!, ".", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("xsa148")]
    [InlineData("xsa182")]
    [InlineData("xsa401")]
    public async Task Without_the_mistake_the_same_guest_holds(string guest)
    {
        Ringfence.Answer answer = await Ringfence.Run("run", Guests.Image($"faults/{guest}"), "--format", "json");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Equal("holds", answer.Json.GetProperty("verdict").GetString());
        Assert.Equal("shutdown", answer.Json.GetProperty("stoppedBy").GetString());
        Assert.Contains("refused", answer.Json.GetProperty("console").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("selftest")]
    public async Task The_self_test_holds(string guest)
    {
        Ringfence.Answer answer = await Ringfence.Run("run", Guests.Image(guest), "--format", "json");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Equal("shutdown", answer.Json.GetProperty("stoppedBy").GetString());
    }
}
