using System.Diagnostics;
using Checking.Proving.Solving;
using Checking.Proving.Unbounded;
using Model.Faults;

namespace Checking.Proving;

/// <summary>Proves that everything claimed of a state holds after any number of steps, for any number of frames, slots, domains and vCPUs.</summary>
public static class Prover
{
    /// <summary>Asks every query.</summary>
    /// <exception cref="ArgumentException">there is no such fault, or no such property to prove</exception>
    public static ProofReport Run(ProofRequest request)
    {
        TimeSpan start = Process.GetCurrentProcess().TotalProcessorTime;
        Fault? fault = request.Fault is null ? null : Fault.Find(request.Fault)
            ?? throw new ArgumentException($"no fault is called {request.Fault}", nameof(request));
        Batch[] batches = [.. Batches(fault).Select(b => Only(b, request.Property)).Where(b => b.Goals.Count != 0)];
        if (batches.Length == 0) throw new ArgumentException($"nothing called {request.Property} is proved", nameof(request));

        int total = batches.Sum(b => b.Goals.Count), done = 0;
        void Asked() => request.Progress?.Invoke(Interlocked.Increment(ref done), total);
        Findings[] findings = Team.Do(batches, request, (desk, batch) => desk.Ask(batch, Asked), Findings.Unasked);

        return new()
        {
            Fault = fault?.Id,
            Groups = [.. batches.Zip(findings).GroupBy(b => b.First.Group).Select(g =>
                (g.Key, g.Sum(b => b.First.Goals.Count), g.Sum(b => b.Second.Goals.Count(f => f == Finding.Proved))))],
            Failures = [.. batches.Zip(findings).SelectMany(b => Failures(b.First, b.Second))],
            Vacuous = [.. batches.Zip(findings).Where(b => b.Second.IsPossible == Finding.Refuted).Select(b => b.First.Step)],
            Mutants = [],
            Steps = MicroStep.All.Count,
            Invariants = batches.SelectMany(b => b.Goals).Select(g => g.Invariant).Distinct().Count(),
            CpuSeconds = (Process.GetCurrentProcess().TotalProcessorTime - start).TotalSeconds,
            IsInterrupted = request.Cancel.IsCancellationRequested,
            SolverVersion = $"{Microsoft.Z3.Version.Major}.{Microsoft.Z3.Version.Minor}.{Microsoft.Z3.Version.Build}",
        };
    }

    private static IEnumerable<Batch> Batches(Fault? fault) => [.. Inductive.Batches(fault), Initial.Batch(), Counting.Batch()];

    private static Batch Only(Batch batch, string? property) =>
        property is null ? batch : batch with { Goals = [.. batch.Goals.Where(g => g.Invariant == property)] };

    private static IEnumerable<Failure> Failures(Batch batch, Findings findings) =>
        from k in Enumerable.Range(0, batch.Goals.Count)
        where findings.Goals[k] is Finding.Refuted or Finding.Unknown
        select new Failure(batch.Group, batch.Step, batch.Goals[k].Invariant, findings.Goals[k] == Finding.Unknown, findings.Reasons[k], null);
}
