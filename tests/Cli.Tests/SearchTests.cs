using System.Text.Json;
using System.Text.RegularExpressions;
using Checking.Traces;

namespace Cli.Tests;

/// <summary><c>ringfence check</c> as a user runs it.</summary>
public sealed partial class SearchTests : IDisposable
{
    /// <summary>A million states: long enough to be stopped after a first checkpoint, short enough to be searched to its end.</summary>
    private static readonly string[] Million = ["check", "pagetypes", "--frames", "4", "--entries", "1", "--movable", "1", "--workers", "1", "--format", "json"];

    /// <summary>More states than anybody waits for.</summary>
    private static readonly string[] Endless = ["check", "pagetypes", "--frames", "6", "--entries", "3", "--workers", "1", "--format", "json"];

    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_default_scope_holds_and_every_property_is_reached()
    {
        Ringfence.Answer answer = await Check("--format", "json");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        JsonElement json = answer.Json;
        Assert.Equal("holds", Text(json, "verdict"));
        Assert.StartsWith("memory --frames", Text(json, "scope"), StringComparison.Ordinal);
        Assert.True(json.GetProperty("complete").GetBoolean());
        Assert.True(json.GetProperty("distinctStates").GetInt64() > 1000);
        Assert.True(json.GetProperty("transitions").GetInt64() > json.GetProperty("distinctStates").GetInt64());
        Assert.True(json.GetProperty("depth").GetInt32() > 3);
        Assert.Equal(16, json.GetProperty("properties").GetArrayLength());
        Assert.All(json.GetProperty("properties").EnumerateArray(), p => Assert.Equal("holds", Text(p, "verdict")));
        Assert.NotEqual(0, json.GetProperty("witnesses").GetArrayLength());
        Assert.True(json.GetProperty("cpuSeconds").GetDouble() > 0);
        Assert.True(json.GetProperty("statesPerCpuSecond").GetDouble() > 0);
        Assert.True(json.GetProperty("bytesPerState").GetDouble() > 0);
        Assert.True(json.GetProperty("peakMemory").GetInt64() > 0);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("trace").ValueKind);
    }

    [Fact]
    public async Task A_mistake_made_again_is_found_and_its_trace_kept()
    {
        Ringfence.Answer answer = await Check("--fault", "XSA-182", "--property", "I-TEXCL", "--out", _folder, "--format", "json");

        Assert.True(answer.ExitCode == 12, answer.Output + answer.Error);
        JsonElement json = answer.Json;
        Assert.Equal("violated", Text(json, "verdict"));
        Assert.Equal("I-TEXCL", Text(json, "property"));
        JsonElement property = Assert.Single(json.GetProperty("properties").EnumerateArray());
        Assert.Equal("violated", Text(property, "verdict"));
        int depth = property.GetProperty("depth").GetInt32();
        Assert.Equal(depth + 1, json.GetProperty("trace").GetArrayLength());
        Assert.All(json.GetProperty("trace").EnumerateArray(), s => Assert.NotEmpty(s.GetProperty("changed").EnumerateObject()));
        ItfTrace trace = ItfReader.Read(await File.ReadAllBytesAsync(Text(json, "traceFile"), TestContext.Current.CancellationToken));
        Assert.Equal(depth + 1, trace.States.Count);
    }

    [Fact]
    public async Task A_violation_reads_as_expected()
    {
        Ringfence.Answer answer = await Check("--fault", "XSA-182", "--out", _folder, "--no-color");

        Assert.Equal(12, answer.ExitCode);
        Golden.Check("check-xsa182.txt", Measured().Replace(answer.Output.Replace(_folder, "out", StringComparison.Ordinal), "#"));
    }

    [Fact]
    public async Task Ring_protection_and_one_of_its_mistakes()
    {
        Ringfence.Answer holds = await Check("rings", "--kind", "pv64", "--format", "json");
        Ringfence.Answer broken = await Check("rings", "--fault", "XSA-7", "--out", _folder, "--format", "json");

        Assert.True(holds.ExitCode == 0, holds.Output + holds.Error);
        Assert.Equal("rings --part segments --kind pv64", Text(holds.Json, "scope"));
        Assert.All(holds.Json.GetProperty("properties").EnumerateArray(), p => Assert.Equal("holds", Text(p, "verdict")));
        Assert.True(broken.ExitCode == 12, broken.Output + broken.Error);
        Assert.Equal("rings --part traps --kind pv64 --fault XSA-7", Text(broken.Json, "scope"));
        Assert.Equal("I-CSTACK", Text(broken.Json, "property"));
        Ringfence.Answer replayed = await Ringfence.Run("replay", Text(broken.Json, "traceFile"));
        Assert.True(replayed.ExitCode == 12, replayed.Output + replayed.Error);
    }

    [Fact]
    public async Task The_small_model_and_its_mistake()
    {
        Ringfence.Answer holds = await Check("pagetypes", "--symmetry", "on", "--format", "json");
        Ringfence.Answer broken = await Check("pagetypes", "--fault", "no-flush", "--out", _folder, "--format", "json");

        Assert.True(holds.ExitCode == 0, holds.Output + holds.Error);
        Assert.Equal(17492, holds.Json.GetProperty("distinctStates").GetInt64());
        Assert.Equal(17492, holds.Json.GetProperty("symmetry").GetProperty("orbits").GetInt64());
        Assert.Equal(206812, holds.Json.GetProperty("symmetry").GetProperty("fullStates").GetInt64());
        Assert.True(broken.ExitCode == 12, broken.Output + broken.Error);
        Assert.Equal("BM-13", Text(broken.Json, "property"));
    }

    /// <summary>What does not depend on time or memory is the same at any number of workers.</summary>
    [Fact]
    public async Task Workers_change_nothing()
    {
        string[] answers = [await Answered("1"), await Answered("2"), await Answered("5")];

        Assert.Single(answers.Distinct());

        async Task<string> Answered(string workers) =>
            Costs().Replace((await Check("pagetypes", "--fault", "no-flush", "--out", _folder, "--workers", workers, "--format", "json")).Output, "");
    }

    [Theory]
    [InlineData(Ringfence.Interrupt)]
    [InlineData(Ringfence.Terminate)]
    public async Task An_interrupted_search_says_what_it_has(int signal)
    {
        Ringfence.Answer answer = await Ringfence.SignalAtError(signal, "checking:", [.. Endless, "--checkpoint", _folder]);

        Assert.True(answer.ExitCode == 130, answer.Output + answer.Error);
        JsonElement json = answer.Json;
        Assert.Equal("inconclusive", Text(json, "verdict"));
        Assert.Equal("interrupted", Text(json, "stoppedBy"));
        Assert.Equal(_folder, Text(json, "checkpoint"));
        Assert.False(json.GetProperty("complete").GetBoolean());
        Assert.True(json.GetProperty("distinctStates").GetInt64() > 1000);
        Assert.All(json.GetProperty("properties").EnumerateArray(), p => Assert.Equal("open", Text(p, "verdict")));
    }

    /// <summary>However a search is stopped, the one that goes on from its checkpoint ends as if it had never been.</summary>
    [Theory]
    [InlineData(Ringfence.Interrupt, 130)]
    [InlineData(Ringfence.Kill, 128 + Ringfence.Kill)]
    public async Task A_stopped_search_goes_on_from_its_checkpoint(int signal, int exitCode)
    {
        Ringfence.Answer stopped = await Ringfence.SignalAtFile(
            signal, Path.Combine(_folder, "manifest.json"), [.. Million, "--checkpoint", _folder, "--checkpoint-every", "0"]);
        Ringfence.Answer resumed = await Ringfence.Run([.. Million, "--resume", _folder]);

        Assert.True(stopped.ExitCode == exitCode, stopped.Output + stopped.Error);
        Assert.True(resumed.ExitCode == 0, resumed.Output + resumed.Error);
        Assert.Equal(1056085, resumed.Json.GetProperty("distinctStates").GetInt64());
        Assert.Equal(15513717, resumed.Json.GetProperty("transitions").GetInt64());
        Assert.Equal(23, resumed.Json.GetProperty("depth").GetInt32());
    }

    [Fact]
    public async Task A_checkpoint_that_is_damaged_or_of_another_search_is_bad_input()
    {
        string kept = Path.Combine(_folder, "kept");
        string[] bounded = ["check", "pagetypes", "--max-states", "50000", "--checkpoint", kept];
        Ringfence.Answer first = await Ringfence.Run(bounded);
        Assert.True(first.ExitCode == 5, first.Output + first.Error);

        await Refused("check", "pagetypes", "--frames", "4", "--resume", kept);
        await Refused("check", "pagetypes", "--fault", "no-flush", "--resume", kept);
        await Refused("check", "pagetypes", "--resume", Path.Combine(_folder, "nothing"));
        string log = Path.Combine(kept, "states.log");
        byte[] bytes = await File.ReadAllBytesAsync(log, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(log, bytes, TestContext.Current.CancellationToken);
        await Refused("check", "pagetypes", "--resume", kept);

        static async Task Refused(params string[] arguments) => (await Ringfence.Run(arguments)).IsRefused(3, arguments[^1]);
    }

    /// <summary>The file for states is one to which nothing can be written for want of room.</summary>
    [Fact]
    public async Task A_full_disk_ends_the_search_with_what_it_has()
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "states.log"), "/dev/full");
        Ringfence.Answer answer = await Check("pagetypes", "--checkpoint", _folder, "--format", "json");

        Assert.True(answer.ExitCode == 5, answer.Output + answer.Error);
        Assert.Equal("inconclusive", Text(answer.Json, "verdict"));
        Assert.Equal("diskFull", Text(answer.Json, "stoppedBy"));
        Assert.Equal("the disk is full", Text(answer.Json, "reason"));
        Assert.True(answer.Json.GetProperty("distinctStates").GetInt64() > 0);
    }

    [Fact]
    public async Task A_bound_on_states_makes_it_inconclusive()
    {
        Ringfence.Answer answer = await Check("pagetypes", "--max-states", "1000", "--format", "json");

        Assert.Equal(5, answer.ExitCode);
        Assert.Equal("maxStates", Text(answer.Json, "stoppedBy"));
        Assert.NotEmpty(Text(answer.Json, "reason"));
    }

    /// <summary>A scope in which tables cannot name tables says nothing of linear tables, and admits it.</summary>
    [Fact]
    public async Task A_scope_that_shows_too_little_is_vacuous()
    {
        string[] small = ["--frames", "1", "--domains", "1", "--format", "json"];
        Ringfence.Answer answer = await Check(small), accepted = await Check([.. small, "--allow-vacuous"]);

        Assert.True(answer.ExitCode == 16, answer.Output + answer.Error);
        Assert.Contains(answer.Json.GetProperty("properties").EnumerateArray(), p => Text(p, "verdict") == "notReached");
        Assert.Contains("vacuous", Text(answer.Json, "reason"), StringComparison.Ordinal);
        Assert.Equal(0, accepted.ExitCode);
        Assert.Equal("holds", Text(accepted.Json, "verdict"));
    }

    /// <summary>A checkpoint that nobody asked for goes when nobody needs it.</summary>
    [Theory]
    [InlineData(0, "holds")]
    [InlineData(5, "inconclusive", "--max-states", "1000")]
    public async Task A_search_that_is_over_leaves_nothing_behind(int exitCode, string verdict, params string[] options)
    {
        string folder = Path.Combine(_folder, "out");
        Ringfence.Answer answer = await Check(["pagetypes", "--frames", "2", "--out", folder, "--format", "json", .. options]);

        Assert.Equal(exitCode, answer.ExitCode);
        Assert.Equal(verdict, Text(answer.Json, "verdict"));
        Assert.Equal(exitCode == 5, Directory.Exists(folder));
        Assert.Equal(exitCode == 5, answer.Json.GetProperty("checkpoint").ValueKind == JsonValueKind.String);
    }

    /// <summary>A report is not lost for want of a file.</summary>
    [Fact]
    public async Task A_trace_that_cannot_be_written_leaves_the_report()
    {
        string folder = Path.Combine(_folder, "out");
        Directory.CreateDirectory(Path.Combine(folder, "BM-13.itf.json"));
        Ringfence.Answer answer = await Check("pagetypes", "--fault", "no-flush", "--out", folder);

        Assert.Equal(3, answer.ExitCode);
        Assert.StartsWith("FAIL  BM-13", answer.Output, StringComparison.Ordinal);
        Assert.Contains("BM-13.itf.json", answer.Error, StringComparison.Ordinal);
    }

    private static Task<Ringfence.Answer> Check(params string[] arguments) => Ringfence.Run(["check", .. arguments]);

    private static string Text(JsonElement owner, string name) => owner.GetProperty(name).GetString()!;

    [GeneratedRegex(@"""(seconds|cpuSeconds|statesPerCpuSecond|bytesPerState|peakMemory)"": [^\n]*\n")]
    private static partial Regex Costs();

    /// <summary>What differs from run to run in a text.</summary>
    [GeneratedRegex(@"(?<=searched in )[^\n]+|(?<=\n      cost         )[^\n]+")]
    private static partial Regex Measured();
}
