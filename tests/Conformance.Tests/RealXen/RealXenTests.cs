using Conformance.Campaigns;
using Conformance.RealXen;
using Conformance.Runs;
using Conformance.Scripts;
using Conformance.Simulation;
using Conformance.Tests.Lowering;
using Path = System.IO.Path;
using Record = Conformance.RealXen.Record;

namespace Conformance.Tests.RealXen;

/// <summary>Scripts on real Xen 4.17 under emulation, where it is installed; and the same guest on our own hypervisor, everywhere.</summary>
public sealed class RealXenTests
{
    private const string Stage = "stage domains=1 vcpus=1\n", Update = "d1v0 mmu_update foreign=domid_self done=0 | ";

    /// <summary>What each advisory needs, from the stage on, and how many acts from the end are refused.</summary>
    private static readonly (string Advisory, string Script)[] Advisories =
    [
        ("XSA-148", Stage + Update + "frame=f1 slot=0 kind=normal entry=f2:0xe7\n"),
        ("XSA-182", Stage + Update + "frame=root slot=2 kind=normal entry=root:0x65\n" + Update + "frame=root slot=2 kind=normal entry=root:0x67\n"),
        ("XSA-401", Stage
            + "d1v0 write address=0x10000000000 value=0\n"
            + "d1v0 update_va_mapping address=0x10000000000 entry=0 flush=0\n"
            + "d1v0 mmuext_op foreign=domid_self done=0 | command=pin_l1 frame=f3 second=0x400000\n"
            + "d1v0 read address=0x10000000000\n"),
    ];

    [Fact]
    public void Scripts_of_the_advisories_go_on_real_Xen_as_the_model_says()
    {
        using XenTarget xen = Target();
        CaseResult[] results = [.. xen.Run(Advisories.Select(a => ScriptText.Read(a.Script)))];

        Assert.All(results, r => Assert.Null(r.Failure));
        Assert.Equal(new StepResult(StepKind.Answered, -22), results[0].Steps[^1]);
        Assert.Equal(new StepResult(StepKind.Answered, -22), results[1].Steps[^1]);
        Assert.Equal(1, xen.Boots);
    }

    [Fact]
    public void What_differs_is_told_with_the_act_at_which_it_began()
    {
        Script script = ScriptText.Read(Stage + Update + "frame=f2 slot=1 kind=normal entry=f4:0x67\n" + Update + "frame=f2 slot=1 kind=normal entry=0\n");
        using Simulator simulator = new(new());
        ScriptPlan plan = Planner.Plan(script, simulator);
        Record[] told = [.. plan.Acts.Select((a, i) => new Record(RecordKind.Step, [0, (ulong)i, (ulong)StepKind.Answered, i == 1 ? unchecked((ulong)-16) : 0]))];

        Failure failure = XenVerdict.Of(plan, new(1, BootEnd.Done, [], told), 1)!;

        Assert.Equal((FailureClass.Stricter, 1), (failure.Class, failure.Step));
    }

    [Theory]
    [InlineData("misbehave/hangs", BootEnd.Hung, 4)]
    [InlineData("misbehave/floods", BootEnd.Flooded, 120)] // A busy machine takes its time to boot Xen.
    public void A_guest_that_hangs_or_floods_is_stopped_and_leaves_no_process(string guest, object end, int patience)
    {
        Assert.SkipWhen(XenTarget.Missing is not null, XenTarget.Missing ?? "");
        Qemu qemu = new(XenFiles.Xen(Cache));

        TimeSpan bound = TimeSpan.FromSeconds(patience);
        BootOutcome outcome = qemu.Boot(Image(guest), new byte[] { 0 }, new(bound, bound, bound, 100_000), _ => true, TestContext.Current.CancellationToken);

        Assert.Equal((BootEnd)end, outcome.End);
        Assert.Empty(Emulators());
    }

    [Fact]
    public void An_interruption_leaves_no_process()
    {
        Assert.SkipWhen(XenTarget.Missing is not null, XenTarget.Missing ?? "");
        Qemu qemu = new(XenFiles.Xen(Cache));
        using CancellationTokenSource enough = new();
        enough.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(
            () => qemu.Boot(Image("misbehave/hangs"), new byte[] { 0 }, new(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(30), 100_000), _ => true, enough.Token));
        Assert.Empty(Emulators());
    }

    [Fact]
    public void The_guest_plays_on_our_own_hypervisor_as_planned()
    {
        string[] texts =
        [
            Stage,
            Stage + Update + "frame=f2 slot=1 kind=normal entry=f4:0x67\nd1v0 write address=0x10000001000 value=f5:0x67\nd1v0 read address=0x10000001000\n",
            .. Advisories.Select(a => a.Script),
        ];
        using Simulator simulator = new(new());
        // A frame for iret with one word that is not the first of its choices.
        IEnumerable<Script> returns = ReturnScripts.Pairs(new()).Where(s => s.Acts[0].Operands.Count(o => o.Bits != 0) <= 2);
        ScriptPlan[] plans = [.. texts.Select(ScriptText.Read).Concat(returns).Select(s => Planner.Plan(s, simulator))];
        RunOutcome outcome = GuestRun.Execute(new()
        {
            Image = File.ReadAllBytes(Image("conform")),
            ImageName = "conform",
            MemoryPages = 4096,
            Ramdisk = BatchEncoder.Encode(plans, verbose: false),
        });

        List<Record> records = [];
        new RecordReader().Read(outcome.Console.Span, records.Add);
        Assert.Equal(Verdict.Holds, outcome.Verdict);
        Assert.Equal(plans.Select(p => p.Hash), records.Where(r => r.Kind == RecordKind.Result).Select(r => r.Words[1]));
    }

    private static string Cache => Path.Combine(Ringfence.Root, ".ringfence", "xen");

    private static string Image(string guest) => guest.StartsWith("misbehave", StringComparison.Ordinal)
        ? Path.Combine(Path.GetDirectoryName(Guests.Image("misbehave"))!, $"{Path.GetFileName(guest)}.elf")
        : Guests.Image(guest);

    private static XenTarget Target()
    {
        Assert.SkipWhen(XenTarget.Missing is not null, XenTarget.Missing ?? "");
        return new(new() { Guest = Image("conform"), Cache = Cache });
    }

    /// <summary>Our children that are emulators.</summary>
    private static List<string> Emulators()
    {
        List<string> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
        {
            try
            {
                string[] words = File.ReadAllText(Path.Combine(folder, "stat")).Split(' ');
                if (words[1].StartsWith("(qemu", StringComparison.Ordinal) && words[3] == $"{Environment.ProcessId}") found.Add(words[0]);
            }
            catch (IOException)
            {
                // The process ended while it was looked at.
            }
        }

        return found;
    }
}
