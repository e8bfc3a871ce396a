using Cli.Replay;
using Conformance.Runs;

namespace Cli.Tests;

/// <summary>The report of a replay as a person reads it and as a program does, from outcomes made by hand.</summary>
public class ReplayReportTests
{
    private static readonly ReplayArguments Arguments = new("out/I-TEXCL.itf.json", "simulator", null, IsJson: false, IsPlain: true);

    private static readonly ReplayVerdict Violated = new(
        Verdict.Violated, "I-TEXCL", "No guest can write a frame that is in use as a page table or descriptor page.", 2, "laxer", "f3[0] maps f3 read-write while f3 is L1");

    private static readonly ReplayOutcome Same = new(
        "conform",
        "simulator",
        "XSA-182",
        [
            new("d1v0 mmuext_op foreign=domid_self done=0 | command=pin_l1 frame=f3 second=0", "= 0", "= 0", null, []),
            new("d1v0 write address=0x10000000000 value=f3:0x27", "done", "done", "trap 14 (7)", []),
        ],
        Violated,
        Violated);

    private static readonly ReplayOutcome Gone = Same with
    {
        Kind = "check",
        On = "xen",
        Fault = null,
        Steps =
        [
            Same.Steps[0] with { Differences = ["mfn:3: d1  L1 ×1, and in the trace d1  None"] },
            Same.Steps[1] with { Now = "= -22 EINVAL", Expected = null },
            new("d1v0 enter_user", "done", null, null, []),
        ],
        Now = ReplayVerdict.Holds,
    };

    [Fact]
    public void What_fails_as_it_did()
    {
        Golden.Check("replay-same.txt", ReplayText.Of(Arguments, Same));
        Golden.Check("replay-same.json", AnswerJson.Text(ReplayAnswer.Of(Arguments, Same)));
        Assert.Equal(12, Same.ExitCode);
        Assert.True(Same.IsSame);
    }

    [Fact]
    public void What_fails_no_more()
    {
        Golden.Check("replay-gone.txt", ReplayText.Of(Arguments with { On = "xen" }, Gone));
        Golden.Check("replay-gone.json", AnswerJson.Text(ReplayAnswer.Of(Arguments with { On = "xen" }, Gone)));
        Assert.Equal(0, Gone.ExitCode);
        Assert.False(Gone.IsSame);
    }

    [Fact]
    public void What_fails_in_another_way()
    {
        ReplayOutcome other = Same with { Now = Violated with { Verdict = Verdict.Diverged, Property = "R-1", Class = "stricter", Step = 1 } };

        Assert.Contains("DIVERGED  R-1  at step 1 (stricter); not as in the trace: VIOLATED  I-TEXCL  at step 2 (laxer)\n", ReplayText.Of(Arguments, other), StringComparison.Ordinal);
        Assert.Equal(14, other.ExitCode);
    }
}
