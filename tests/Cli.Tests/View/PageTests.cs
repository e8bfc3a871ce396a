using System.Text;
using System.Text.RegularExpressions;
using Checking.Traces;
using Cli.View;

namespace Cli.Tests.View;

/// <summary>What the page is made of, before any browser shows it.</summary>
public partial class PageTests
{
    private const string Hostile = "</script><script>alert(1)</script><!-- ]]> \u2028 {{title}} <img src=x onerror=alert(1)>";

    /// <summary>No string of a trace ends the element in which it stands.</summary>
    [Fact]
    public void Nothing_in_a_trace_becomes_markup()
    {
        TraceView view = ViewSamples.Long(1, 1);
        StepView step = view.Steps[0] with { Actor = Hostile, Text = Hostile, Answer = Hostile, Expected = Hostile, Witness = Hostile };
        StateView state = step.State with
        {
            Frames = new Dictionary<string, FrameBox> { [Hostile] = new(Hostile, Hostile, 1, 1, [Hostile]) },
            Entries = [new(Hostile, 1, Hostile, true, false, Hostile)],
            Bases = [new(Hostile, Hostile, false)],
            Translations = [new(Hostile, Hostile, true)],
            Others = new Dictionary<string, string> { [Hostile] = Hostile },
            Differences = new Dictionary<string, (string, string)> { [Hostile] = (Hostile, Hostile) },
        };
        string plain = Page.Of(view), page = Page.Of(view with
        {
            Kind = Hostile,
            Verdict = Hostile,
            Property = Hostile,
            Says = Hostile,
            Scenario = Hostile,
            Again = Hostile,
            Target = Hostile,
            Steps = [step with { State = state }],
        });

        Assert.Equal(Tags().Count(plain), Tags().Count(page));
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<!--", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_needs_nothing_else()
    {
        string page = Page.Of(ViewMapping.Of(ViewSamples.OfSearch));

        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-", page, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\b(src|href)\s*=", page);
        string script = page[page.LastIndexOf("<script>", StringComparison.Ordinal)..];
        Assert.True(Encoding.UTF8.GetByteCount(script) < 60 * 1024);
    }

    /// <summary>Every verb's traces have a picture: frames, a path, and somebody who can write what he must not.</summary>
    [Fact]
    public void Traces_of_every_verb_have_a_view()
    {
        TraceView search = ViewMapping.Of(ViewSamples.OfSearch), script = ViewMapping.Of(ViewSamples.OfScript(ViewSamples.Stale, "XSA-401"));

        Assert.Equal("check", search.Kind);
        Assert.Contains("mfn:0", search.Steps[^1].State.Frames);
        Assert.NotNull(search.Steps[^1].Witness);
        Assert.Equal("conform", script.Kind);
        Assert.Equal(4, script.Steps.Count);
        StateView last = script.Steps[^1].State;
        Assert.Contains(new Translation("d1v0", "f3", IsWritable: true), Rights.Of(last).Stale);
        Right right = Rights.Of(last).All[("d1", "f3")];
        Assert.True(right.IsWrite && right.IsBad);
        Assert.Equal("L2", last.Frames["f3"].Type);
    }

    /// <summary>The way is the hardware's: through a root that maps itself, its own entries are memory.</summary>
    [Fact]
    public void A_walk_through_a_linear_table_gives_the_right()
    {
        TraceView view = ViewMapping.Of(ViewSamples.OfScript(ViewSamples.Linear, "XSA-182"));

        Right before = Rights.Of(view.Steps[1].State).All[("d1", "root")], after = Rights.Of(view.Steps[2].State).All[("d1", "root")];
        Assert.False(before.IsWrite);
        Assert.True(after.IsWrite && after.IsBad);
        Assert.Equal(["root[3]", "root[3]", "root[3]", "root[3]"], after.Edges);
        Assert.Equal("violated", view.Verdict);
    }

    /// <summary>A run tells of the frames concerned; what their entries name beside is there, and nothing is claimed of it.</summary>
    [Fact]
    public void A_run_knows_only_the_frames_concerned()
    {
        TraceView view = ViewMapping.Of(ViewSamples.OfRun);

        Assert.Equal(["d1v0", "d1v0"], view.Steps.Skip(1).Select(s => s.Actor));
        Assert.Equal("?", view.Steps[1].State.Frames["mfn:9"].Owner);
        Assert.DoesNotContain(Rights.Of(view.Steps[1].State).All, r => r.Value.IsBad);
        Right right = Assert.Single(Rights.Of(view.Steps[2].State).All, r => r.Value.IsWrite).Value;
        Assert.True(right.IsBad);
        Assert.Equal("mfn:7 is live, as L4", right.Path[0]);
        Assert.Equal("= -22", view.Steps[2].Expected);
    }

    [Fact]
    public void A_trace_without_states_of_ours_is_refused() =>
        Assert.Throws<InvalidDataException>(() => ViewMapping.Of(new(ViewSamples.OfSearch.Meta, ["x"], [new(ItfValue.Of(), new Dictionary<string, ItfValue>())])));

    [GeneratedRegex("<[a-z/!]")]
    private static partial Regex Tags();
}
