using Checking.Proving;

namespace Checking.Tests.Proving;

/// <summary>Every condition of every guard is there for a reason.</summary>
public sealed class MutationTests
{
    [Fact]
    public void All()
    {
        ProofReport report = Prover.Run(new() { Mutate = true, Workers = 1 });
        Console.Error.WriteLine($"{report.Mutants.Count} {report.CpuSeconds}");
        foreach (Mutant m in report.Mutants) Console.Error.WriteLine($"{(m.CaughtBy.Count > 0 ? "caught" : m.RedundantBy ?? "SURVIVED")}\t{m.Step}\t{m.Guard}\t{string.Join(",", m.CaughtBy)}");
    }
}
