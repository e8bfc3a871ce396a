using Checking.Proving;
using Model;

namespace Checking.Tests.Proving;

/// <summary>The model as it stands is proved, all of it.</summary>
public sealed class ProofTests
{
    [Fact, Clause("I-SHAPE")]
    public void Everything_is_proved()
    {
        ProofReport report = Prover.Run(new() { Workers = 2 });

        Assert.Equal("", string.Join("\n", report.Failures.Select(f => $"{f.Group} {f.Step} {f.Invariant} {(f.IsUnknown ? f.Reason : "refuted")}")));
        Assert.Empty(report.Vacuous);
        TestContext.Current.SendDiagnosticMessage($"{string.Join(", ", report.Groups)} {report.CpuSeconds} {report.SolverVersion}");
        Console.Error.WriteLine($"{string.Join(", ", report.Groups)} {report.CpuSeconds} {report.SolverVersion}");
    }
}
