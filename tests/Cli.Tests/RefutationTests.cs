using System.Text.Json;
using Checking.Traces;

namespace Cli.Tests;

/// <summary><c>ringfence refute</c> as a user runs it.</summary>
public sealed class RefutationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Both searches find an attack of the same length.</summary>
    [Fact]
    public async Task An_attack_is_as_short_as_the_explorer_finds_it()
    {
        string[] question = ["--fault", "XSA-182", "--property", "I-TEXCL", "--out", _folder, "--format", "json"];
        Ringfence.Answer refuted = await Ringfence.Run(["refute", .. question]), explored = await Ringfence.Run(["check", .. question]);

        Assert.True(refuted.ExitCode == 12, refuted.Output + refuted.Error);
        JsonElement json = refuted.Json;
        Assert.Equal("violated", json.GetProperty("verdict").GetString());
        Assert.Equal("I-TEXCL", json.GetProperty("property").GetString());
        int depth = json.GetProperty("depth").GetInt32();
        Assert.Equal(explored.Json.GetProperty("trace").GetArrayLength() - 1, depth);
        Assert.Equal(depth, json.GetProperty("attack").GetArrayLength());
        Assert.Equal(depth - 1, json.GetProperty("completeTo").GetInt32());
        Assert.Equal(depth + 1, ItfReader.Read(await File.ReadAllBytesAsync(
            json.GetProperty("traceFile").GetString()!, TestContext.Current.CancellationToken)).States.Count);
    }

    [Fact]
    public async Task There_is_no_short_attack_on_the_model_as_it_is()
    {
        Ringfence.Answer answer = await Ringfence.Run("refute", "--depth", "1", "--format", "json");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Equal("holds", answer.Json.GetProperty("verdict").GetString());
        Assert.Equal(1, answer.Json.GetProperty("completeTo").GetInt32());
        Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("attack").ValueKind);
    }
}
