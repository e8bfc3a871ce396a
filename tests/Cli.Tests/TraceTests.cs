using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Checking.Exploration;
using Checking.Traces;
using Cli.Check;
using Cli.Replay;
using Cli.Tests.View;
using Cli.View;
using Conformance.RealXen;
using Conformance.Runs;

namespace Cli.Tests;

/// <summary>replay and view as a user has them, with good traces and bad ones.</summary>
public sealed class TraceTests : IDisposable
{
    private static readonly byte[] Searched = Search();

    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-trace-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A search, its trace on the model, on the simulator, and without the mistake.</summary>
    [Theory]
    [InlineData("refute", "XSA-148", "I-TBITS")]
    [InlineData("check", "XSA-401", "I-TEXCL")]
    public async Task A_trace_of_a_search_is_replayed(string verb, string fault, string claim)
    {
        Ringfence.Answer found = await Ringfence.Run(verb, "--fault", fault, "--out", _folder);
        string trace = Directory.GetFiles(_folder, "*.itf.json").Single();
        Assert.Contains($"      replay: ./ringfence replay {trace}\n", found.Output, StringComparison.Ordinal);

        Ringfence.Answer again = await Replay(trace), simulated = await Replay(trace, "--on", "simulator"), sound = await Replay(trace, "--fault", "none");
        Assert.True(again.ExitCode == 12, again.Output + again.Error);
        Assert.True(again.Json.GetProperty("sameAsTrace").GetBoolean(), again.Output);
        Assert.StartsWith(claim, again.Json.GetProperty("property").GetString(), StringComparison.Ordinal);
        Assert.True(simulated.ExitCode == 12, simulated.Output + simulated.Error);
        Assert.Equal("laxer", simulated.Json.GetProperty("class").GetString());
        Assert.True(sound.ExitCode == 0, sound.Output + sound.Error);
        Assert.Equal("holds", sound.Json.GetProperty("verdict").GetString());
        Assert.False(sound.Json.GetProperty("sameAsTrace").GetBoolean());
    }

    [Fact]
    public async Task A_trace_of_the_small_model_is_replayed_there_only()
    {
        await Ringfence.Run("check", "pagetypes", "--fault", "no-flush", "--out", _folder);
        string trace = Path.Combine(_folder, "BM-13.itf.json");

        Ringfence.Answer again = await Replay(trace), sound = await Replay(trace, "--fault", "none"), simulated = await Replay(trace, "--on", "simulator");
        Assert.True(again.ExitCode == 12, again.Output + again.Error);
        Assert.True(again.Json.GetProperty("sameAsTrace").GetBoolean(), again.Output);
        Assert.True(sound.ExitCode == 0, sound.Output + sound.Error);
        Assert.Equal(3, simulated.ExitCode);
        Assert.Contains("pagetypes", simulated.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_of_a_script_is_replayed_and_viewed()
    {
        string trace = Write("script.itf.json", TraceBytes.Of(ViewSamples.OfScript(ViewSamples.Stale, "XSA-401"))), page = Path.Combine(_folder, "page.html");

        Ringfence.Answer again = await Replay(trace), onModel = await Replay(trace, "--on", "model"), sound = await Replay(trace, "--fault", "none");
        Assert.True(again.ExitCode == 12, again.Output + again.Error);
        Assert.True(again.Json.GetProperty("sameAsTrace").GetBoolean(), again.Output);
        Assert.Equal(3, again.Json.GetProperty("steps").GetArrayLength());
        Assert.True(onModel.ExitCode == 12, onModel.Output + onModel.Error);
        Assert.Equal("I-TEXCL", onModel.Json.GetProperty("property").GetString());
        Assert.True(sound.ExitCode == 0, sound.Output + sound.Error);

        Ringfence.Answer viewed = await Ringfence.Run("view", trace, "-o", page);
        Assert.True(viewed.ExitCode == 0, viewed.Error);
        Assert.Contains("I-TEXCL", await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>What the hypervisor with the mistake lets through, real Xen refuses.</summary>
    [Theory]
    [InlineData("XSA-148", "stage domains=1 vcpus=1\nd1v0 mmu_update foreign=domid_self done=0 | frame=f1 slot=0 kind=normal entry=f2:0xa7\n", 1, "= -22 EINVAL")]
    [InlineData("XSA-182", ViewSamples.Linear, 2, "= -22 EINVAL")]
    [InlineData("XSA-401", ViewSamples.Stale, 4, "trap 14 (3)")] // It lets the frame be pinned, has flushed, and so lets nobody write to it.
    public async Task Real_xen_refuses(string fault, string script, int step, string answer)
    {
        Assert.SkipUnless(XenTarget.Missing is null, XenTarget.Missing ?? "");
        Assert.True(File.Exists(Guests.Image("conform")));
        string trace = Write("script.itf.json", TraceBytes.Of(ViewSamples.OfScript(script, fault)));

        Ringfence.Answer asked = await Replay(trace, "--on", "xen");
        Assert.True(asked.ExitCode == 0, asked.Output + asked.Error);
        JsonElement done = asked.Json.GetProperty("steps")[step - 1];
        Assert.Equal(answer, done.GetProperty("now").GetString());
        Assert.False(done.GetProperty("same").GetBoolean());
    }

    [Fact]
    public async Task Real_xen_has_no_mistakes_to_be_made_again()
    {
        string trace = Write("script.itf.json", TraceBytes.Of(ViewSamples.OfScript(ViewSamples.Stale, "XSA-401")));
        Ringfence.Answer answer = await Replay(trace, "--on", "xen", "--fault", "XSA-401");

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("--fault XSA-401", answer.Error, StringComparison.Ordinal);
    }

    /// <summary>Whatever is given as a trace, there is one sentence that names it.</summary>
    [Theory]
    [InlineData("is not there", "nothing.json")]
    [InlineData("is a directory", ".")]
    [InlineData("is no regular file", "/dev/zero")]
    [InlineData("not JSON", "truncated.json")]
    [InlineData("schema is 2", "schema.json")]
    [InlineData("'ringfence' is missing", "foreign.json")]
    [InlineData("larger than", "large.json")]
    [InlineData("not JSON", "nested.json")]
    [InlineData("UTF-8", "latin.json")]
    [InlineData("not JSON", "empty.json")]
    [InlineData("no states", "stateless.json")]
    public void What_is_no_trace_is_bad_input(string why, string name)
    {
        string path = Path.Combine(_folder, name);
        Make(path);
        string sentence = Assert.Throws<BadInputException>(() => TraceInput.Read(path)).Message;

        Assert.StartsWith($"{path}: ", sentence, StringComparison.Ordinal);
        Assert.Contains(why, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', sentence);
    }

    [Theory]
    [InlineData("replay", "truncated.json")]
    [InlineData("view", "schema.json")]
    public async Task Bad_input_is_exit_code_3(string verb, string name)
    {
        string path = Path.Combine(_folder, name);
        Make(path);

        (await Ringfence.Run(verb, path)).IsRefused(3, path);
    }

    /// <summary>Nobody writes to the pipe, and nobody waits for it.</summary>
    [Theory]
    [InlineData("replay")]
    [InlineData("view")]
    public async Task A_named_pipe_is_bad_input(string verb)
    {
        string pipe = Path.Combine(_folder, "pipe");
        using (Process make = Process.Start("mkfifo", [pipe])) await make.WaitForExitAsync(TestContext.Current.CancellationToken);

        (await Ringfence.Run(verb, pipe)).IsRefused(3, $"{pipe}: is no regular file");
    }

    /// <summary>A scope that is too large, a step that is none, a property that breaks nowhere.</summary>
    [Theory]
    [InlineData("--frames 3", "--frames 99", "out of bounds")]
    [InlineData("memory --frames", "nowhere --frames", "no scope 'nowhere'")]
    [InlineData("memory --frames", "memory --sand", "is no scope")]
    [InlineData("mmu_update   mfn", "mmu_update   mfm", "step 1 is no request")]
    [InlineData("XSA-148", "XSA-0", "no fault 'XSA-0'")]
    [InlineData("\"violationStep\": 1", "\"violationStep\": 2", "'violationStep' is 2")]
    public void What_cannot_be_replayed_says_why(string was, string now, string why)
    {
        string text = Encoding.UTF8.GetString(Searched);
        Assert.Contains(was, text, StringComparison.Ordinal);
        ItfTrace changed = ItfReader.Read(Encoding.UTF8.GetBytes(text.Replace(was, now, StringComparison.Ordinal)));

        string sentence = Assert.Throws<BadInputException>(() => SearchReplay.Run(new("a.json", null, null, true, true), changed)).Message;
        Assert.StartsWith("a.json: ", sentence, StringComparison.Ordinal);
        Assert.Contains(why, sentence, StringComparison.Ordinal);
    }

    /// <summary>A run is not a list of steps but a guest's: it is done again as a whole.</summary>
    [Fact]
    public async Task A_trace_of_a_run_says_how_to_do_it_again()
    {
        string text = Encoding.UTF8.GetString(Searched).Replace("\"kind\": \"check\"", "\"kind\": \"run\"", StringComparison.Ordinal);
        Ringfence.Answer answer = await Ringfence.Run("replay", Write("run.itf.json", Encoding.UTF8.GetBytes(text)));

        Assert.Equal(3, answer.ExitCode);
        Assert.Contains("done again as a whole: ./ringfence check memory --fault XSA-148.\n", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("is a directory", "")]
    [InlineData("cannot be written", "no/such/folder/page.html")]
    [InlineData("cannot be written", "/dev/full")]
    public async Task A_page_that_cannot_be_written_is_bad_input(string why, string name)
    {
        string trace = Write("trace.itf.json", TraceBytes.Of(ViewSamples.OfSearch));

        (await Ringfence.Run("view", trace, "-o", Path.Combine(_folder, name))).IsRefused(3, why);
    }

    /// <summary>Bytes of good traces changed at random: there is a page, or one sentence.</summary>
    [Fact]
    public void A_mutated_trace_is_viewed_or_refused()
    {
        Random random = new(2);
        int viewed = 0;
        foreach (byte[] good in (byte[][])[TraceBytes.Of(ViewSamples.OfSearch), TraceBytes.Of(ViewSamples.OfScript(ViewSamples.Linear, "XSA-182"))])
        {
            for (int i = 0; i < 300; i++)
            {
                byte[] bytes = [.. good];
                for (int n = random.Next(1, 4); n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(32, 127);
                try
                {
                    Assert.NotEmpty(TraceInput.Checked("a.json", () => PageData.Of(ViewMapping.Of(ItfReader.Read(bytes)))).ToJsonString());
                    viewed++;
                }
                catch (BadInputException e)
                {
                    Assert.DoesNotContain(e.Message, char.IsControl);
                }
            }
        }

        Assert.InRange(viewed, 50, 599);
    }

    /// <summary>The trace that <c>check --fault XSA-148</c> writes.</summary>
    private static byte[] Search()
    {
        CheckArguments arguments = new() { Fault = "XSA-148", Presentation = new(true, true, null) };
        ISearch search = Scopes.Make(arguments);
        Exploration found = search.Run(new() { Workers = 1 });
        return TraceBytes.Of(TraceFile.Of(search.TraceOf(found)!, new("check", found.Scope, arguments.Fault, arguments.Replay())));
    }

    private static void Make(string path)
    {
        string name = Path.GetFileName(path);
        if (name is "nothing.json" or "." or "zero") return;
        byte[] good = TraceBytes.Of(ViewSamples.OfSearch);
        string text = Encoding.UTF8.GetString(good);
        using FileStream file = File.Create(path);
        if (name == "large.json") file.SetLength(1L << 30); // A file with a hole: it takes no room.
        file.Write(name switch
        {
            "truncated.json" => good[..(good.Length / 2)],
            "schema.json" => Encoding.UTF8.GetBytes(text.Replace("\"schema\": 1", "\"schema\": 2", StringComparison.Ordinal)),
            "foreign.json" => """{"vars":[],"states":[]}"""u8.ToArray(),
            "nested.json" => Encoding.ASCII.GetBytes(new string('[', 20_000_000)),
            "latin.json" => [.. "{\"vars\":[\""u8, 0xe9, .. "\"],\"states\":[]}"u8],
            "stateless.json" => """{"#meta":{"ringfence":{"schema":1}},"vars":[],"states":[]}"""u8.ToArray(),
            _ => [],
        });
    }

    private static Task<Ringfence.Answer> Replay(string trace, params string[] options) => Ringfence.Run(["replay", trace, "--format", "json", .. options]);

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
