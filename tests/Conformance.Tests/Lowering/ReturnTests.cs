using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Model.Rings;
using Path = Conformance.Simulation.Path;

namespace Conformance.Tests.Lowering;

/// <summary>Scripts go on by the iret hypercall as frames of their own choice say.</summary>
public sealed class ReturnTests
{
    private const string Plain = "d1v0 iret rip=after cs=kernel rflags=0x202 rsp=kernel ss=flat in_syscall=no";

    [Theory]
    [InlineData("", "done")]
    [InlineData("cs=user", "done")]
    [InlineData("cs=rpl_2", "done")] // The level is raised to 3.
    [InlineData("ss=rpl_0", "done")]
    [InlineData("rflags=0x3202", "done")]
    [InlineData("rflags=0x20202", "done")]
    [InlineData("rflags=0x4202", "done")]
    [InlineData("rflags=0x302", "trap 1 (0)")]
    [InlineData("rip=undefined", "trap 6 (0)")]
    [InlineData("rip=null", "trap 14 (10)")]
    [InlineData("cs=kernel rip=unmapped rsp=unmapped", "the domain crashed")] // The page fault has no stack to go to.
    [InlineData("cs=user rip=unmapped rsp=unmapped", "trap 14 (14)")]
    public void What_comes_of_a_frame(string words, string expected) => Assert.Equal(expected, $"{Play(new(), With(words)).Steps[0]}");

    [Fact]
    public void An_application_that_was_returned_to_is_in_user_mode_until_it_calls()
    {
        CaseResult result = Play(new(), With("cs=user"), "d1v0 sched_op.yield", "d1v0 enter_kernel", "d1v0 sched_op.yield");
        Assert.Equal([StepKind.Done, StepKind.LeftOut, StepKind.Done, StepKind.Answered], result.Steps.Select(s => s.Kind));
    }

    [Fact]
    public void A_domain_that_cannot_go_on_ends_and_the_others_go_on()
    {
        CaseResult result = Play(
            new(2, 2), "d2v1 mmuext_op foreign=domid_self done=0 | command=new_user_baseptr frame=0 second=0", With("cs=user").Replace("d1v0", "d2v1"),
            "d2v0 sched_op.yield", "d1v0 sched_op.yield");
        Assert.Equal([StepKind.Answered, StepKind.Crashed, StepKind.LeftOut, StepKind.Answered], result.Steps.Select(s => s.Kind));
    }

    /// <summary>Whatever a frame says, both ways of carrying it out come to the same, and model and hypervisor agree.</summary>
    [Fact]
    public void Every_word_of_a_frame_with_every_other()
    {
        using Simulator direct = new(new()), executed = new(new(), new() { Path = Path.Executed });
        foreach (Script script in ReturnScripts.Pairs(new()))
        {
            CaseResult one = direct.Run(script), other = executed.Run(script);
            Assert.True(other.Failure is null, $"{script}{other.Failure}");
            Assert.True(one.Steps.SequenceEqual(other.Steps), $"{script}directly {one.Steps[0]}, executed {other.Steps[0]}");
        }

        Assert.True(executed.RingsTaken.Contains(RingStep.Iret) && executed.RingsTaken.Contains(RingStep.Crash));
    }

    private static string With(string words)
    {
        string act = Plain;
        foreach (string word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            act = string.Join(' ', act.Split(' ').Select(w => w.StartsWith(word[..(word.IndexOf('=') + 1)], StringComparison.Ordinal) ? word : w));
        return act;
    }

    private static CaseResult Play(StageShape shape, params string[] acts)
    {
        using Simulator executed = new(shape, new() { Path = Path.Executed });
        CaseResult result = executed.Run(ScriptText.Read($"stage domains={shape.Domains} vcpus={shape.Vcpus}\n{string.Join('\n', acts)}\n"));
        Assert.Null(result.Failure);
        return result;
    }
}
