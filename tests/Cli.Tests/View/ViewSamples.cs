using Checking.Traces;
using Cli.View;
using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Conformance.Traces;
using Model;

namespace Cli.Tests.View;

/// <summary>Traces of every verb.</summary>
internal static class ViewSamples
{
    /// <summary>XSA-401 on the stage: written through, mapped away, and made a table while the translation is still there.</summary>
    public const string Stale = """
        stage domains=1 vcpus=1
        d1v0 write address=0x10000000ff8 value=0
        d1v0 mmu_update foreign=domid_self done=0 | frame=f2 slot=0 kind=normal entry=f2:0x25
        d1v0 mmuext_op foreign=domid_self done=0 | command=pin_l2 frame=f3 second=0

        """;

    /// <summary>XSA-182 on the stage: the root maps itself, and then read-write.</summary>
    public const string Linear = """
        stage domains=2 vcpus=1
        d1v0 mmu_update foreign=domid_self done=0 | frame=root slot=3 kind=normal entry=root:0x25
        d1v0 mmu_update foreign=domid_self done=0 | frame=root slot=3 kind=normal entry=root:0x27

        """;

    public static CaseResult Play(string script, string? fault)
    {
        Script acts = ScriptText.Read(script);
        using Simulator simulator = new(acts.Shape, new() { Fault = fault });
        return simulator.Run(acts);
    }

    public static ItfTrace OfScript(string script, string? fault) => ScriptTrace.Of(Play(script, fault), new("simulator", fault, 7));

    public static ItfTrace OfSearch { get; } =
        TraceFile.Of(Samples.Story, new("check", "memory --frames 2", "XSA-182", "./ringfence check memory --frames 2 --fault XSA-182"));

    /// <summary>XSA-182 as the watch tells it.</summary>
    public static ItfTrace OfRun { get; } = FindingTrace.Of(
        new(
            true, "I-TEXCL", "says", "source", "mfn:7[3] maps mfn:7 read-write while mfn:7 is L4", [],
            [
                new(55, "d1v0", "mmu_update", "mfn:7[4] := mfn:9 r-", 0, null, [], [new(new(7), 4, default, new(new(9), EntryFlags.Present))]),
                new(56, "d1v0", "mmu_update", "mfn:7[3] := mfn:7 rw", 0, -22, [],
                    [new(new(7), 3, default, new(new(7), EntryFlags.Present | EntryFlags.Writable))]),
            ],
            53,
            [new(new(7), new(new(1), PageType.L4, 1, 2, true, true, false))]),
        "guest.elf", 5, "./ringfence run guest.elf --seed 5");

    /// <summary>A trace with as many steps and frames as one likes: in step n, frame n changes hands.</summary>
    public static TraceView Long(int steps, int frames) => new(
        "check", "holds", "I-OWN", "says", "scenario", "again", null,
        [.. Enumerable.Range(0, steps + 1).Select(i => new StepView("d1", $"step {i}", "= 0", null, null, Hands(i, frames)))]);

    private static StateView Hands(int step, int frames) => new(
        Enumerable.Range(0, frames).ToDictionary(f => $"mfn:{f:x}", f => new FrameBox(f == step % 10 ? "d2" : "d1", "None", 0, 1, [])),
        [], [], [], new Dictionary<string, string>(), new Dictionary<string, (string, string)>());
}
