using Checking.Proving;
using Model.Faults;

namespace Checking.Tests.Proving;

/// <summary>A re-made mistake breaks the proof at the steps that make it, and nowhere else.</summary>
public sealed class FaultTests
{
    [Fact]
    public void Faults()
    {
        foreach (string? fault in (string?[])[null, null, null, "XSA-240", "XSA-401"])
        {
            ProofReport report = Prover.Run(new() { Fault = fault, Workers = 1 });
            Console.Error.WriteLine($"{fault} {report.CpuSeconds}");
            foreach (var group in report.Failures.GroupBy(f => f.Step))
                Console.Error.WriteLine($"   {group.Key}: {string.Join(", ", group.Select(f => f.Invariant).Distinct())}");
            foreach (Failure f in report.Failures.Take(1))
            {
                var c = f.Counterexample;
                if (c is null) { Console.Error.WriteLine("  none"); continue; }
                foreach (var b in c.Before) Console.Error.WriteLine($"        {b.Key,-10} {b.Value}");
                Console.Error.WriteLine($"    {c.Step}");
                foreach (var b in c.After) Console.Error.WriteLine($"      + {b.Key,-10} {b.Value}");
                Console.Error.WriteLine($"    {f.Invariant} {c.Broken}");
            }
        }
    }
}
