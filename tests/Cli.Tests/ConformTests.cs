using System.Text.RegularExpressions;
using Model;

namespace Cli.Tests;

/// <summary><c>ringfence conform</c> as a user runs it.</summary>
public sealed partial class ConformTests : IDisposable
{
    /// <summary>Where the command is called, and so where its failures are kept.</summary>
    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-conform-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Help() => Golden.Check("conform-help.txt", (await Conform("--help")).Output);

    [Fact]
    public async Task A_campaign_that_holds()
    {
        Ringfence.Answer text = await Conform("--cases", "3", "--seed", "7", "--no-color"), json = await Conform("--cases", "3", "--seed", "7", "--format", "json");

        Assert.True(text.ExitCode == 0, text.Output + text.Error);
        Assert.True(json.ExitCode == 0, json.Output + json.Error);
        Golden.Check("conform-holds.txt", Masked(text.Output));
        Golden.Check("conform-holds.json", Masked(json.Output));
        Assert.False(Directory.Exists(Path.Combine(_folder, ".ringfence")));
    }

    /// <summary>A mistake made again is found, brought down to its shortest script, kept, and tried first by the next campaign.</summary>
    [Fact]
    public async Task A_campaign_that_finds_a_mistake()
    {
        string[] asked = ["--fault", "XSA-148", "--cases", "200", "--seed", "7"];
        Ringfence.Answer text = await Conform([.. asked, "--no-color"]), again = await Conform([.. asked, "--format", "json"]);

        Assert.True(text.ExitCode == 12, text.Output + text.Error);
        Assert.True(again.ExitCode == 12, again.Output + again.Error);
        Golden.Check("conform-violated.txt", Masked(text.Output));
        Golden.Check("conform-violated.json", Masked(again.Output));
        string kept = Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(_folder, ".ringfence", "failures"))));
        Assert.True(File.Exists(Path.Combine(_folder, "out", kept)));
        Assert.Equal(1, again.Json.GetProperty("cases").GetInt32());

        Ringfence.Answer sound = await Conform("--cases", "1", "--seed", "7", "--format", "json");
        Assert.True(sound.ExitCode == 0, sound.Output + sound.Error);
    }

    /// <summary>What a seed makes is made again by it, from the option or from the environment.</summary>
    [Clause("CA-9")]
    [Fact]
    public async Task The_same_seed_is_the_same_campaign()
    {
        string[] asked = ["--cases", "5", "--domains", "2", "--vcpus", "1", "--format", "json"];
        Ringfence.Answer first = await Conform([.. asked, "--seed", "11"]), second = await Ringfence.RunIn(_folder, ("RINGFENCE_SEED", "11"), ["conform", .. asked]);
        Ringfence.Answer other = await Conform([.. asked, "--seed", "12"]);

        Assert.Equal(Rate().Replace(first.Output, "#"), Rate().Replace(second.Output, "#"));
        Assert.NotEqual(first.Json.GetProperty("requests").GetInt64(), other.Json.GetProperty("requests").GetInt64());
    }

    [Fact]
    public async Task A_campaign_ends_when_its_time_is_over()
    {
        Ringfence.Answer answer = await Conform("--cases", "100000000", "--time", "1", "--format", "json");

        Assert.Equal("time", answer.Json.GetProperty("stopped").GetString());
        int cases = answer.Json.GetProperty("cases").GetInt32();
        Assert.InRange(cases, 0, 99_999_999);
        Assert.Equal(cases == 0 ? 5 : 0, answer.ExitCode);
    }

    [Theory]
    [InlineData("--cases 0 is not a number from 1", "--cases", "0")]
    [InlineData("--cases 99999999999 is not", "--cases", "99999999999")]
    [InlineData("--cases many", "--cases", "many")]
    [InlineData("--domains 0 is not a number from 1 to 4", "--domains", "0")]
    [InlineData("--vcpus 5 is not a number from 1 to 4", "--vcpus", "5")]
    [InlineData("--length 1001", "--length", "1001")]
    [InlineData("--time 0", "--time", "0")]
    [InlineData("--seed -1", "--seed", "-1")]
    [InlineData("--seed 18446744073709551616", "--seed", "18446744073709551616")]
    [InlineData("'XSA-148' 'XSA-182' 'XSA-401'", "--fault", "XSA-0")]
    [InlineData("'simulator' 'xen'", "--target", "moon")]
    [InlineData("--fault XSA-148 cannot be made again in real Xen", "--target", "xen", "--fault", "XSA-148")]
    [InlineData("first domain with one vCPU", "--target", "xen", "--domains", "2")]
    [InlineData("built without 32-bit guests", "--target", "xen", "--mode", "pv32pae")]
    [InlineData("first domain with one vCPU", "--target", "xen", "--vcpus", "2")]
    public async Task Wrong_usage_is_one_sentence(string named, params string[] options) => (await Conform(options)).IsRefused(1, named);

    [Fact]
    public async Task A_seed_of_the_environment_that_is_none_is_wrong_usage() =>
        (await Ringfence.RunIn(_folder, ("RINGFENCE_SEED", "eleven"), "conform", "--cases", "1")).IsRefused(1, "RINGFENCE_SEED is eleven");

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_bad_input() => (await Conform("--cases", "1", "--out", "/dev/null/out")).IsRefused(3, "/dev/null/out");

    /// <summary>Emulators are commands: without a PATH there are none.</summary>
    [Fact]
    public async Task Real_xen_without_an_emulator_says_what_is_missing()
    {
        Ringfence.Answer answer = await Ringfence.RunIn(_folder, ("PATH", "/nowhere"), "conform", "--target", "xen");

        answer.IsRefused(3, "qemu-system-x86, bochs");
        Assert.Contains("./ringfence setup --with xen", answer.Error, StringComparison.Ordinal);
    }

    private Task<Ringfence.Answer> Conform(params string[] options) => Ringfence.RunIn(_folder, ("NO_COLOR", "1"), ["conform", .. options]);

    /// <summary>Without what differs from machine to machine, and what only says which scripts were drawn.</summary>
    private static string Masked(string output) => Drawn().Replace(Rate().Replace(output, "#"), "#");

    [GeneratedRegex(@"\d[\d,]*(?= per CPU second)|(?<=PerCpuSecond"": )\d+")]
    private static partial Regex Rate();

    [GeneratedRegex(@"(?<=requests     )[\d,]+(?=,)|(?<=of them )[\d,]+|(?<=played       )\d+ cases?|(?<=; not: ).+|(?<=guards       )\d+|(?<=rings        )\d+|(?<=equests"": )\d+|(?<=""covered"": )\d+|(?<=""missing"": \[)[^]]*")]
    private static partial Regex Drawn();
}
