using Conformance.RealXen;
using Conformance.Traps;
using Model;

namespace Conformance.Tests.Traps;

/// <summary>Exceptions and interrupts of every vector, in every situation: what the guest's handlers see is what the model says.</summary>
public sealed class TrapTests
{
    [Theory, Clause("TR-8"), Clause("TR-9"), Clause("TR-10")]
    [InlineData(false)]
    [InlineData(true)]
    public void What_handlers_see_is_what_the_model_says(bool is32Bit) => Assert.Null(TrapVerdict.OfRest(Here(is32Bit)));

    [Theory, Clause("TR-11")]
    [InlineData(false)]
    [InlineData(true)]
    public void What_nobody_can_be_told_of_ends_the_domain(bool is32Bit)
    {
        TrapsHere target = Here(is32Bit);

        Assert.All(TrapCrash.All(is32Bit), crash => Assert.True(crash.IsGivenUp));
        Assert.All(Enumerable.Range(0, TrapVerdict.Crashes(is32Bit)), number => Assert.Null(TrapVerdict.OfCrash(target, number)));
        Assert.Equal([TrapText.Begin, "no such case", TrapText.End], target.Run(TrapVerdict.Crashes(is32Bit)).Lines);
    }

    [Fact, Clause("TR-8"), Clause("TR-9"), Clause("TR-10")]
    public void Handlers_on_real_Xen_see_the_same() => Assert.Null(TrapVerdict.OfRest(Xen()));

    /// <summary>No handler; a stack that is absent, of user mode; one that is Xen's.</summary>
    [Theory, Clause("TR-11")]
    [InlineData("crash: kernel, #GP, hlt, no handler")]
    [InlineData("crash: user, #PF, load, absent, stack absent")]
    [InlineData("crash: kernel, #UD, ud2, stack is Xen's")]
    public void Real_Xen_gives_the_domain_up_too(string name) =>
        Assert.Null(TrapVerdict.OfCrash(Xen(), TrapCrash.All(is32Bit: false).Single(c => c.Name == name).Number));

    [Fact(Explicit = true), Clause("TR-11")]
    public void Real_Xen_gives_the_domain_up_whatever_the_reason()
    {
        XenTraps xen = Xen();
        Assert.All(Enumerable.Range(0, TrapVerdict.Crashes(is32Bit: false)), number => Assert.Null(TrapVerdict.OfCrash(xen, number)));
    }

    [Fact]
    public async Task The_command_tells_of_both_kinds_of_guests()
    {
        Assert.True(File.Exists(Image(is32Bit: true)));

        Ringfence.Answer answer = await Ringfence.Run("conform", "traps", "--crashes", "2", "--no-color");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Golden.Check("traps.txt", answer.Output);
    }

    [Fact]
    public void A_difference_is_told_with_what_must_come()
    {
        TrapRun told = new([TrapText.Begin, "kernel, events on, #DE, div by zero, gate does not: nothing"], IsGivenUp: false, Said: null);

        TrapDifference difference = TrapVerdict.OfRest(new Told(told))!;

        Assert.Equal("kernel, events on, #DE, div by zero, gate does not: vector 0, at it, cs kernel, ss flat, IF RF, on its own stack, events on", difference.Expected);
        Assert.Equal(told.Lines[1], difference.Got);
    }

    private static TrapsHere Here(bool is32Bit) => new(Image(is32Bit), is32Bit);

    private static XenTraps Xen()
    {
        Assert.SkipWhen(XenTarget.Missing is not null, XenTarget.Missing ?? "");
        return new(new() { Guest = Image(is32Bit: false), Cache = Path.Combine(Ringfence.Root, ".ringfence", "xen"), Cancel = TestContext.Current.CancellationToken });
    }

    private static string Image(bool is32Bit) => Path.Combine(Path.GetDirectoryName(Guests.Image("traps"))!, is32Bit ? "traps32.elf" : "traps64.elf");

    private sealed record Told(TrapRun Answer) : ITrapTarget
    {
        public string Name => "told";

        public bool Is32Bit => false;

        public TrapRun Run(int? crash) => Answer;
    }
}
