using Conformance.Scripts;
using FsCheck;
using FsCheck.Fluent;

namespace Conformance.Tests.Scripts;

/// <summary>Scripts are read as they are written, and nothing else is read.</summary>
public class ScriptTextTests
{
    private const string Stage = "stage domains=2 vcpus=2\n";

    [Fact]
    public void What_is_written_is_read() =>
        Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(300), Prop.ForAll(AnyScript.Scripts(), script => ScriptText.Read(ScriptText.Write(script)).Equals(script)));

    /// <summary>Whatever is cut out of a text, the reader says so in a sentence or reads something.</summary>
    [Fact]
    public void Damage_is_a_sentence() => Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(500), Prop.ForAll(
        AnyScript.Scripts(),
        ArbMap.Default.ArbFor<(PositiveInt At, PositiveInt Length, char By)>(),
        (script, damage) =>
        {
            string text = ScriptText.Write(script);
            int at = damage.At.Item % text.Length, length = Math.Min(damage.Length.Item, text.Length - at);
            string broken = text[..at] + damage.By + text[(at + length)..];
            try
            {
                ScriptText.Read(broken);
                return true;
            }
            catch (InvalidDataException e)
            {
                return e.Message.StartsWith("line ", StringComparison.Ordinal) && !e.Message.Any(char.IsControl);
            }
        }));

    [Fact]
    public void An_act_reads_as_people_say_it() => Assert.Equal(
        "d1v0 mmu_update foreign=domid_self done=0 | frame=f2 slot=0 kind=normal entry=d2.f3:0x67",
        new Act(
            1, 0, Operation.MmuUpdate, Operand.Number(Operations.DomidSelf), Operand.Number(0),
            Operand.Frame(1, StageFrame.L1), Operand.Number(0), Operand.Number(0), Operand.Machine(2, StageFrame.Data, 0x67)).ToString());

    [Theory]
    [InlineData("", "line 1: it must be \"stage domains=N vcpus=M\" with N from 1 to 4 and M from 1 to 4, and \" mode=pv32pae\" behind it for 32-bit domains")]
    [InlineData("stage domains=9 vcpus=1\n", "line 1: it must be \"stage domains=N vcpus=M\" with N from 1 to 4 and M from 1 to 4, and \" mode=pv32pae\" behind it for 32-bit domains")]
    [InlineData(Stage + "d1v0 sched_op.block\n", "line 2: there is no operation \"sched_op.block\"")]
    [InlineData(Stage + "d0v0 read address=0\n", "line 2: domains are counted from 1")]
    [InlineData(Stage + "d3v0 read address=0\n", "line 2: \"3\" is not a domain from 0 to 2")]
    [InlineData(Stage + "d1v2 read address=0\n", "line 2: \"2\" is not a vCPU from 0 to 1")]
    [InlineData(Stage + "d1v0 read\n", "line 2: \" \" is missing before \"\"")]
    [InlineData(Stage + "d1v0 read address=f99\n", "line 2: \"f99\" is neither a number nor anything on the stage")]
    [InlineData(Stage + "d1v0 read address=0 twice\n", "line 2: \" twice\" is one too many")]
    [InlineData(Stage + "d1v0 unknown number=1 how=0 at=0 list=0\n", "line 2: number cannot be \"1\"")]
    [InlineData(Stage + "d1v0 multicall { multicall { } }\n", "line 2: multicall cannot be part of a multicall")]
    [InlineData(Stage + "d1v0 multicall { read address=0 }\n", "line 2: read cannot be part of a multicall")]
    [InlineData(Stage + "d1v0 enter_user\n\nd1v0 enter_kernel\n", "line 3: there is nothing in it")]
    public void Wrong_text_is_refused(string text, string says) =>
        Assert.Equal(says, Assert.Throws<InvalidDataException>(() => ScriptText.Read(text)).Message);

    [Fact]
    public void Arguments_that_do_not_fit_are_refused()
    {
        string element = " | command=pin_l1 frame=f4 second=0";
        Act batch = ScriptText.Read(Stage + "d1v0 mmuext_op foreign=domid_self done=0" + string.Concat(Enumerable.Repeat(element, 100)) + "\n").Acts[0];
        Assert.Equal(100, batch.Elements);

        Refused("its arguments do not fit into 4096 bytes", "mmuext_op foreign=domid_self done=0" + string.Concat(Enumerable.Repeat(element, 200)));
        Refused("a batch has 512 elements at most", "mmuext_op foreign=domid_self done=0" + string.Concat(Enumerable.Repeat(element, 100_000)));
        Refused("a multicall has 64 members at most", "multicall {" + string.Concat(Enumerable.Repeat(" sched_op.yield;", 100_000)));
    }

    [Fact]
    public void A_script_has_an_end() =>
        Assert.Equal(
            "line 100002: a script has 100000 acts at most",
            Assert.Throws<InvalidDataException>(() => ScriptText.Read(Stage + string.Concat(Enumerable.Repeat("d1v0 enter_user\n", 200_000)))).Message);

    private static void Refused(string says, string call) =>
        Assert.Equal($"line 2: {says}", Assert.Throws<InvalidDataException>(() => ScriptText.Read($"{Stage}d1v0 {call}\n")).Message);
}
