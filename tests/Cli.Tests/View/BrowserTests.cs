using Checking.Traces;
using Cli.View;

namespace Cli.Tests.View;

/// <summary>The page as a browser shows it.</summary>
public sealed class BrowserTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-view-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>It opens where the property breaks, and shows who can write what he must not.</summary>
    [Fact]
    public async Task A_trace_of_conform()
    {
        Tab tab = await Open(ViewMapping.Of(ViewSamples.OfScript(ViewSamples.Linear, "XSA-182")));

        Assert.Equal("VIOLATED", await tab.Text("#verdict"));
        Assert.StartsWith("I-", await tab.Text("#property"), StringComparison.Ordinal);
        Assert.Equal("2 / 2", await tab.Text("#position"));
        Assert.Equal("2", await tab.Evaluate<string>("document.querySelector('[aria-current=step]').dataset.step"));
        Assert.Equal(1, await tab.Count("path.rw[data-edge='root>root']"));
        Assert.Equal(1, await tab.Count(".box.witness[data-frame=root]"));
        Assert.Equal("W!", await tab.Text("[data-cell='d1 root']"));
        Assert.Equal(1, await tab.Count("[data-cell='d1 root'].W"));
        Assert.False(await tab.Evaluate<bool>("document.getElementById('differences').hidden"));
        Assert.Contains("EINVAL", await tab.Text("#now"), StringComparison.Ordinal);

        await tab.Click("[data-cell='d1 root'] button");
        Assert.Contains("root[3] names root rw", await tab.Text("#path"), StringComparison.Ordinal);
        Assert.True(await tab.Count("path.on-path") > 0);
        await Clean(tab);
    }

    /// <summary>Keyboard, slider, list, filter and address all choose the step.</summary>
    [Fact]
    public async Task Every_way_to_a_step()
    {
        Tab tab = await Open(ViewMapping.Of(ViewSamples.OfScript(ViewSamples.Stale, "XSA-401")));

        Assert.Equal("3 / 3", await tab.Text("#position"));
        Assert.Equal(1, await tab.Count("path.stale[data-edge='d1v0>f3']"));
        await tab.Press("ArrowLeft");
        Assert.Equal("2 / 3", await tab.Text("#position"));
        Assert.Equal(0, await tab.Count("[data-cell='d1 f3'].W"));
        await tab.Press("k");
        Assert.Equal("1 / 3", await tab.Text("#position"));
        await tab.Press("End");
        await tab.Enter("#slider", "2");
        Assert.Equal("2 / 3", await tab.Text("#position"));
        Assert.True(await tab.Count(".box.changed") > 0);
        Assert.True(await tab.Count("#changes .M") > 0);
        Assert.EndsWith("#step=2", await tab.Evaluate<string>("location.href"), StringComparison.Ordinal);
        await tab.Click("[data-step='0']");
        Assert.Equal("0 / 3", await tab.Text("#position"));

        await tab.Enter("#filter", "PIN_L2");
        Assert.Equal(1, await tab.Count("#steps li"));
        await tab.Evaluate<bool>("(document.getElementById('raw').open = true, showRaw(), true)");
        Assert.Contains("\"f3\"", await tab.Text("#raw pre"), StringComparison.Ordinal);
        await Clean(tab);
    }

    [Fact]
    public async Task The_address_names_the_step()
    {
        Tab tab = await Open(ViewMapping.Of(ViewSamples.OfSearch), "#step=1");

        Assert.Equal("1 / 3", await tab.Text("#position"));
        Assert.Equal("VIOLATED", await tab.Text("#verdict"));
        Assert.Equal(0, await tab.Count("[data-edge]"));
        await tab.Press("End");
        Assert.Equal(1, await tab.Count("path.rw[data-edge='mfn:0>mfn:0']"));
        await Clean(tab);
    }

    /// <summary>A page of anything whatever runs nothing of it.</summary>
    [Fact]
    public async Task A_hostile_trace_is_only_text()
    {
        const string hostile = "</script><script>document.title='harmed'</script><img src=x onerror=\"document.title='harmed'\">";
        TraceView view = ViewSamples.Long(2, 2);
        Tab tab = await Open(view with { Says = hostile, Steps = [view.Steps[0], view.Steps[1] with { Text = hostile, Actor = hostile, Witness = hostile }] });

        Assert.Equal(hostile, await tab.Text("#says"));
        Assert.Contains(hostile, await tab.Text("#now"), StringComparison.Ordinal);
        Assert.NotEqual("harmed", await tab.Evaluate<string>("document.title"));
        await Clean(tab);
    }

    /// <summary>Ten thousand steps and three hundred frames: what is not looked at is not drawn.</summary>
    [Fact]
    public async Task A_long_trace_is_shown_in_part()
    {
        Tab tab = await Open(ViewSamples.Long(5000, 260));

        Assert.Equal("5000 / 5000", await tab.Text("#position"));
        Assert.InRange(await tab.Count("#steps li"), 1, 200);
        Assert.Equal(1, await tab.Count("[data-step='5000'][aria-current=step]"));
        Assert.Equal(10, await tab.Count(".box"));
        await tab.Press("Home");
        Assert.Equal(1, await tab.Count("[data-step='0'][aria-current=step]"));
        await tab.Click("#all");
        Assert.Equal(260, await tab.Count(".box"));
        await Clean(tab);
    }

    [Fact]
    public async Task It_is_dark_in_the_dark_and_prints_without_its_controls()
    {
        Tab tab = await Open(ViewMapping.Of(ViewSamples.OfSearch));

        await tab.Emulate("screen", "dark");
        string dark = await tab.Evaluate<string>("getComputedStyle(document.getElementById('filter')).backgroundColor");
        await tab.Emulate("screen", "light");
        Assert.NotEqual(dark, await tab.Evaluate<string>("getComputedStyle(document.getElementById('filter')).backgroundColor"));
        await tab.Emulate("print", "light");
        Assert.Equal("none", await tab.Evaluate<string>("getComputedStyle(document.getElementById('filter')).display"));
        await Clean(tab);
    }

    /// <summary>No error, and nothing asked for beyond the page itself.</summary>
    private static Task Clean(Tab tab)
    {
        Assert.Empty(tab.Errors);
        Assert.Single(tab.Requests);
        return Task.CompletedTask;
    }

    private async Task<Tab> Open(TraceView view, string hash = "")
    {
        Assert.SkipUnless(Chromium.IsThere, "needs Debian's chromium at /usr/bin/chromium");
        string file = Path.Combine(_folder, "page.html");
        await File.WriteAllTextAsync(file, Page.Of(view), TestContext.Current.CancellationToken);
        return await chromium.Open($"file://{file}{hash}");
    }
}
