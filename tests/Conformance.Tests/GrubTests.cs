using System.Text.Json;

namespace Conformance.Tests;

/// <summary>The main job: Debian's GRUB, unmodified, under watch.</summary>
public sealed class GrubTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("/usr/lib/grub-xen/grub-x86_64-xen.bin", "pv64")]
    [InlineData("/usr/lib/grub-xen/grub-i386-xen.bin", "pv32pae")]
    public async Task Grub_reaches_its_prompt_and_isolation_holds(string image, string mode)
    {
        Ringfence.Answer answer = await Ringfence.Run("run", image, "--until", "grub>", "--format", "json");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        JsonElement json = answer.Json;
        Assert.Equal("holds", json.GetProperty("verdict").GetString());
        Assert.Equal(mode, json.GetProperty("mode").GetString());
        Assert.Equal("until", json.GetProperty("stoppedBy").GetString());
        Assert.Contains("grub>", json.GetProperty("console").GetString(), StringComparison.Ordinal);
        Assert.True(json.GetProperty("hypercalls").GetProperty("total").GetUInt64() > 50);
        Assert.True(json.GetProperty("hypercalls").GetProperty("byName").GetProperty("mmuext_op").GetUInt64() > 0);
        Assert.True(json.GetProperty("entryUpdates").GetUInt64() > 0);
        Assert.True(json.GetProperty("comparisons").GetUInt64() > 0);
        Assert.True(json.GetProperty("invariantChecks").GetUInt64() > 0);
        Assert.True(json.GetProperty("framesComparedAtEnd").GetUInt64() >= 32768);
        Assert.True(json.GetProperty("instructions").GetUInt64() > 0);
        Assert.True(json.GetProperty("cpuSeconds").GetDouble() > 0);
        Assert.Equal(0, json.GetProperty("unimplemented").GetArrayLength());
        Assert.Equal(0UL, json.GetProperty("seed").GetUInt64());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("finding").ValueKind);
    }

    /// <summary>The same for Debian's 32-bit image, in ring 1.</summary>
    [Fact, Model.Clause("PT-25"), Model.Clause("D-15")]
    public async Task The_32_bit_Grub_reaches_its_prompt_and_isolation_holds()
    {
        Ringfence.Answer answer = await Ringfence.Run("run", Guests.Grub32, "--until", "grub>", "--format", "json");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        JsonElement json = answer.Json;
        Assert.Equal("holds", json.GetProperty("verdict").GetString());
        Assert.Equal("pv32pae", json.GetProperty("mode").GetString());
        Assert.Contains("grub>", json.GetProperty("console").GetString(), StringComparison.Ordinal);
        Assert.True(json.GetProperty("hypercalls").GetProperty("total").GetUInt64() > 50);
        Assert.True(json.GetProperty("entryUpdates").GetUInt64() > 50);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("finding").ValueKind);
    }

    [Fact]
    public async Task Grub_obeys_its_keys_and_shuts_down()
    {
        Ringfence.Answer answer = await Ringfence.Run("run", "--input", Keys("echo hello\nhalt\n"), "--format", "json");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Equal("shutdown", answer.Json.GetProperty("stoppedBy").GetString());
        Assert.Equal("poweroff", answer.Json.GetProperty("shutdownReason").GetString());
        Assert.Contains("\nhello\n", answer.Json.GetProperty("console").GetString()!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_seeds_show_the_same_console_and_one_seed_the_same_run()
    {
        List<(string? Console, ulong Instructions)> runs = [];
        foreach (int seed in (int[])[1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        {
            Ringfence.Answer answer = await Ringfence.Run("run", "--until", "grub>", "--format", "json", "--seed", $"{seed}");
            Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
            runs.Add((answer.Json.GetProperty("console").GetString(), answer.Json.GetProperty("instructions").GetUInt64()));
        }

        Assert.Single(runs.Select(r => r.Console).Distinct());
        Assert.Equal(runs[0].Instructions, runs[1].Instructions);
    }

    [Fact]
    public async Task Text_shows_the_console_then_the_verdict_with_its_scope()
    {
        Ringfence.Answer answer = await Ringfence.Run("run", "--until", "grub>");

        Assert.Equal(0, answer.ExitCode);
        Assert.Matches(@"(?s)grub>.*\nHOLDS  .*\n      stopped by .*\n      compared .*\n      followed .*\n      re-checked .*\n      not covered .*\n      guest .*\n\z", answer.Output);
        Assert.DoesNotContain("\e[32mHOLDS", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_image_and_keys_the_run_ends_at_the_prompt()
    {
        Ringfence.Answer answer = await Ringfence.Run("run", "--format", "json");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Equal("until", answer.Json.GetProperty("stoppedBy").GetString());
    }

    [Fact]
    public async Task A_guest_that_waits_for_nothing_ends_by_itself()
    {
        Ringfence.Answer answer = await Ringfence.Run("run", Ringfence.Grub, "--format", "json");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Equal("limit", answer.Json.GetProperty("stoppedBy").GetString());
        Assert.Equal("idle", answer.Json.GetProperty("limit").GetString());
    }

    [Theory]
    [InlineData(5, "inconclusive", "limit", "--until", "grub>", "--limit", "100000")]
    [InlineData(0, "holds", "limit", "--limit", "100000")]
    [InlineData(5, "inconclusive", "limit", "--until", "never shown", "--limit", "30000000")]
    [InlineData(5, "inconclusive", "until", "--until", "grub>", "--watch", "off")]
    public async Task What_was_not_reached_or_not_watched_is_inconclusive(int exitCode, string verdict, string stoppedBy, params string[] options)
    {
        Ringfence.Answer answer = await Ringfence.Run(["run", "--format", "json", .. options]);

        Assert.Equal(exitCode, answer.ExitCode);
        Assert.Equal(verdict, answer.Json.GetProperty("verdict").GetString());
        Assert.Equal(stoppedBy, answer.Json.GetProperty("stoppedBy").GetString());
        Assert.Equal(verdict == "inconclusive", answer.Json.GetProperty("reason").ValueKind == JsonValueKind.String);
    }

    /// <summary>Ctrl-C during a run: the partial result, and the shell's exit code for it.</summary>
    [Fact]
    public async Task An_interrupted_run_gives_what_it_has()
    {
        Ringfence.Answer answer = await Ringfence.InterruptAt("grub>", "run", Ringfence.Grub);

        Assert.Equal(130, answer.ExitCode);
        Assert.Contains("\nHOLDS", answer.Output, StringComparison.Ordinal);
        Assert.Contains("stopped by   an interrupt", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_may_come_through_a_pipe()
    {
        Ringfence.Answer answer = await Ringfence.RunWithKeys("echo hello\nhalt\n", "run");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Contains("stopped by   the guest's shutdown: poweroff", answer.Output, StringComparison.Ordinal);
    }

    private string Keys(string keys)
    {
        string path = Path.Combine(_folder, "keys");
        File.WriteAllText(path, keys);
        return path;
    }
}
