using System.Text;
using Checking.Exploration;
using Checking.Traces;
using Cli.Check;
using Cli.Prove;
using Cli.Refute;

namespace Cli.Tests;

/// <summary>Each report as a person reads it and as a program does, from results made by hand.</summary>
public class ReportTests
{
    [Fact]
    public void A_search_that_holds() => CheckBoth("check-holds", Samples.Holds);

    [Fact]
    public void A_search_that_finds_a_violation() => CheckBoth("check-violated", Samples.Violated);

    [Fact]
    public void A_search_that_was_interrupted() => CheckBoth("check-interrupted", Samples.Interrupted);

    [Fact]
    public void A_search_that_shows_too_little() => CheckBoth("check-vacuous", Samples.Vacuous);

    [Fact]
    public void A_search_that_left_something_out() => CheckBoth("check-lossy", Samples.Lossy);

    [Fact]
    public void A_proof()
    {
        Golden.Check("prove-holds.txt", ProofText.Of(Samples.Prove, Samples.Proved));
        Golden.Check("prove-holds.json", AnswerJson.Text(ProofAnswer.Of(Samples.Prove, Samples.Proved)));
    }

    [Fact]
    public void A_proof_that_fails()
    {
        Golden.Check("prove-violated.txt", ProofText.Of(Samples.Prove, Samples.NotProved));
        Golden.Check("prove-violated.json", AnswerJson.Text(ProofAnswer.Of(Samples.Prove, Samples.NotProved)));
    }

    [Fact]
    public void An_attack()
    {
        Golden.Check("refute-violated.txt", RefutationText.Of(Samples.Refute, Samples.Attacked));
        Golden.Check("refute-violated.json", AnswerJson.Text(RefutationAnswer.Of(Samples.Refute, Samples.Attacked)));
    }

    [Fact]
    public void No_attack()
    {
        Golden.Check("refute-holds.txt", RefutationText.Of(Samples.Refute, Samples.NoAttack));
        Golden.Check("refute-inconclusive.txt", RefutationText.Of(Samples.Refute, Samples.Unfinished));
    }

    /// <summary>The file of a trace holds every state whole, and another tool can read it.</summary>
    [Fact]
    public void A_trace_file()
    {
        ItfTrace trace = TraceFile.Of(Samples.Story, new("check", "memory --frames 2", "XSA-182", "./ringfence check memory --frames 2 --fault XSA-182"));
        byte[] file = TraceBytes.Of(trace);

        ItfTrace read = ItfReader.Read(file);
        Assert.Equal(4, read.States.Count);
        Assert.Equal(["init", "mmuext_op", "mmu_update", "mmu_update"], read.States.Select(s => ((ItfValue.Text)s.Values["mbt::actionTaken"]).Value));
        ItfValue.Map last = (ItfValue.Map)read.States[^1].Values["facts"];
        Assert.Contains(((ItfValue)"mfn:0[0]", (ItfValue)"mfn:0 rw"), last.Pairs);
        Assert.Contains(((ItfValue)"mfn:1", (ItfValue)"d1  None"), last.Pairs);
        Assert.Contains("\"violates\": \"I-TEXCL\"", Encoding.UTF8.GetString(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Exit_codes_of_a_search()
    {
        Assert.Equal(0, Samples.Holds.ExitCode);
        Assert.Equal(12, Samples.Violated.ExitCode);
        Assert.Equal(130, Samples.Interrupted.ExitCode);
        Assert.Equal(16, Samples.Vacuous.ExitCode);
        Assert.Equal(0, (Samples.Vacuous with { AllowsVacuous = true }).ExitCode);
        Assert.Equal(16, Samples.Unwitnessed.ExitCode);
        Assert.Equal(5, Samples.Lossy.ExitCode);
        Assert.Equal(5, Samples.Surprising.ExitCode);
        foreach (StopReason bound in (StopReason[])[StopReason.MaxStates, StopReason.MaxMemory, StopReason.DiskFull])
        {
            Assert.Equal(5, Samples.Stopped(bound).ExitCode);
            Assert.Equal("inconclusive", CheckAnswer.Of(Samples.Check, Samples.Stopped(bound)).Verdict);
        }
    }

    [Fact]
    public void Exit_codes_of_a_proof()
    {
        Assert.Equal(0, Samples.Proved.ExitCode);
        Assert.Equal(12, Samples.NotProved.ExitCode);
        Assert.Equal(16, (Samples.Proved with { Report = Samples.Proved.Report with { Vacuous = ["Fill"] } }).ExitCode);
        Assert.Equal(130, (Samples.Proved with { Report = Samples.Proved.Report with { IsInterrupted = true } }).ExitCode);
        Assert.Equal(5, (Samples.Proved with { Report = Samples.Proved.Report with { Groups = [("inductive", 2, 1)] } }).ExitCode);
        Assert.Equal(5, (Samples.Proved with { Report = Samples.Proved.Report with { Mutants = [new("Drop", "a guard", [], null)] } }).ExitCode);
        Assert.Equal(
            5, (Samples.NotProved with { Report = Samples.NotProved.Report with { Failures = [Samples.NotProved.Report.Failures[1]] } }).ExitCode);
    }

    [Fact]
    public void Exit_codes_of_a_refutation()
    {
        Assert.Equal(0, Samples.NoAttack.ExitCode);
        Assert.Equal(12, Samples.Attacked.ExitCode);
        Assert.Equal(5, Samples.Unfinished.ExitCode);
        Assert.Equal(130, (Samples.Unfinished with { IsInterrupted = true }).ExitCode);
    }

    private static void CheckBoth(string name, CheckOutcome outcome)
    {
        Golden.Check($"{name}.txt", CheckText.Of(Samples.Check, outcome));
        Golden.Check($"{name}.json", AnswerJson.Text(CheckAnswer.Of(Samples.Check, outcome)));
    }
}
