using Conformance.RealXen;
using Conformance.Scripts;
using Conformance.Simulation;
using Conformance.Tests.Lowering;

namespace Conformance.Tests.RealXen;

/// <summary>Frames of the script's choice, on real Xen under Bochs.</summary>
public sealed class XenReturnTests
{
    /// <summary>One boot of some thousand scripts of one act.</summary>
    [Fact(Explicit = true)]
    public void Every_word_of_a_frame_with_every_other_comes_to_the_same_on_real_Xen()
    {
        Assert.SkipWhen(XenTarget.Missing is not null, XenTarget.Missing ?? "");
        using Simulator simulator = new(new(), new() { PageTables = xen => new XenTables(xen) });
        ScriptPlan[] plans = [.. ReturnScripts.Pairs(new()).Select(s => Planner.Plan(s, simulator)).Where(p => p.Acts.Count > 0)];
        BatchPlayer player = new(new Bochs(XenFiles.Xen(System.IO.Path.Combine(Ringfence.Root, ".ringfence", "xen"))), Guests.Image("conform"), TestContext.Current.CancellationToken);

        Played[] played = player.Play(plans, verbose: false);

        ScriptPlan[] different = [.. plans.Zip(played).Where(p => p.First.Hash != p.Second.Hash).Select(p => p.First)];
        if (different.Length == 0) return;
        ScriptPlan[] some = [.. different.Take(40)];
        IEnumerable<string> told = player.Play(some, verbose: true)
            .Select((p, i) => $"{some[i].Script.Acts[0]}: {some[i].Acts[0].Expected}, Xen {p.Records.Where(r => r.Kind == RecordKind.Step).Select(r => $"{r.Words[2]} {r.Words[3]:x}").FirstOrDefault()} {p.End} {string.Join(" / ", p.LastWords)}");
        Assert.Fail($"{different.Length} of {plans.Length} differ\n{string.Join('\n', told)}");
    }
}
