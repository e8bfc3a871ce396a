namespace Cli.Tests;

/// <summary>What cannot be done is refused in one sentence that names it and, where there is a choice, what there is.</summary>
public class UsageTests
{
    [Theory]
    [InlineData("--frames 99999 is out of bounds: 2 to 16", "check", "--frames", "99999")]
    [InlineData("--entries 99999", "check", "memory", "--entries", "99999")]
    [InlineData("--frames 99999 is out of bounds", "refute", "--frames", "99999")]
    [InlineData("99999", "check", "pagetypes", "--frames", "99999")]
    [InlineData("--frames 99999999999 is not", "check", "--frames", "99999999999")]
    [InlineData("there are memory, pagetypes, rings", "check", "everything")]
    [InlineData("'XSA-182'; there are XSA-7", "check", "rings", "--fault", "XSA-182")]
    [InlineData("'XSA-7'; there are XSA-148", "refute", "--fault", "XSA-7")]
    [InlineData("--frames", "check", "rings", "--frames", "3")]
    [InlineData("--part", "check", "memory", "--part", "traps")]
    [InlineData("'XSA-0'; there are XSA-148", "check", "--fault", "XSA-0")]
    [InlineData("'XSA-182' in the scope pagetypes; there is no-flush", "check", "pagetypes", "--fault", "XSA-182")]
    [InlineData("'XSA-0'; there are XSA-148", "prove", "--fault", "XSA-0")]
    [InlineData("'XSA-0'; there are XSA-148", "refute", "--fault", "XSA-0")]
    [InlineData("'I-NONE' in this scope; there are I-", "check", "--property", "I-NONE")]
    [InlineData("'I-TEXCL' in this scope; there are BM-13", "check", "pagetypes", "--property", "I-TEXCL")]
    [InlineData("'I-NONE'; there are I-", "prove", "--property", "I-NONE")]
    [InlineData("'I-NONE'; there are I-", "refute", "--property", "I-NONE")]
    [InlineData("--movable", "check", "memory", "--movable", "1")]
    [InlineData("--domains", "check", "pagetypes", "--domains", "2")]
    [InlineData("--grain", "check", "pagetypes", "--grain", "step")]
    [InlineData("'hypercall'", "check", "--grain", "sand")]
    [InlineData("--workers 0", "check", "--workers", "0")]
    [InlineData("--max-states", "check", "--max-states", "0")]
    [InlineData("--max-memory", "check", "--max-memory", "-1")]
    [InlineData("--max-memory", "check", "--max-memory", "NaN")]
    [InlineData("'maybe'", "check", "--symmetry", "maybe")]
    [InlineData("'xml'", "prove", "--format", "xml")]
    [InlineData("--timeout", "prove", "--timeout", "0")]
    [InlineData("--depth", "refute", "--depth", "many")]
    [InlineData("--no-such-option", "check", "--no-such-option")]
    [InlineData("'moon'", "replay", "trace.json", "--on", "moon")]
    public async Task Wrong_usage_is_one_sentence(string named, params string[] arguments)
    {
        Ringfence.Answer answer = await Ringfence.Run(arguments);

        answer.IsRefused(1, named);
        Assert.Contains($"see ./ringfence {arguments[0]} --help", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_lists_the_verbs()
    {
        Ringfence.Answer answer = await Ringfence.Run("--help");

        Assert.Equal(0, answer.ExitCode);
        foreach (string verb in (string[])["run", "check", "prove", "refute", "conform", "replay", "view"]) Assert.Matches($@"\n  {verb} ", answer.Output);
    }

    /// <summary>An output folder that cannot be written is found out before the work, not after it.</summary>
    [Theory]
    [InlineData("check", "--out")]
    [InlineData("prove", "--smt-out")]
    [InlineData("refute", "--out")]
    public async Task A_folder_that_cannot_be_made_is_bad_input(string verb, string option) =>
        (await Ringfence.Run(verb, option, "/dev/null/out")).IsRefused(3, "ringfence: /dev/null/out");
}
