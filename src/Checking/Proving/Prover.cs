using System.Diagnostics;
using Checking.Proving.Flows;
using Checking.Proving.Mutation;
using Checking.Proving.Smt;
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

        if (request.SmtOut is { } folder) SmtFiles.Write(folder, batches);

        int total = batches.Sum(b => b.Goals.Count), done = 0;
        void Asked() => request.Progress?.Invoke(Interlocked.Increment(ref done), total);
        Findings[] findings = Team.Do(batches, request, (desk, batch) => desk.Ask(batch, Asked), Findings.Unasked);
        (Batch Batch, Findings Findings)[] asked = [.. batches.Zip(findings)];

        return new()
        {
            Fault = fault?.Id,
            Groups = [.. asked.GroupBy(a => a.Batch.Group).Select(g =>
                (g.Key, g.Sum(a => a.Batch.Goals.Count), g.Sum(a => a.Findings.Goals.Count(f => f == Finding.Proved))))],
            Failures = Failures(asked, request),
            Vacuous = [.. Impossible(asked).Where(s => !Inductive.Shut.ContainsKey(s))],
            Shut = [.. Impossible(asked).Where(Inductive.Shut.ContainsKey).Select(s => KeyValuePair.Create(s, Inductive.Shut[s]))],
            OfRest = [.. new SymbolicInvariants(Symbolic.State()).All.Where(i => i.IsAtRest).Select(i => i.Id)],
            Mutants = request.Mutate && fault is null ? Mutations.Run(request, Batches(fault)) : [],
            Steps = MicroStep.All.Count,
            Invariants = batches.Where(b => b.Group != Silence.Group).SelectMany(b => b.Goals).Select(g => g.Invariant).Distinct().Count(),
            CpuSeconds = (Process.GetCurrentProcess().TotalProcessorTime - start).TotalSeconds,
            IsInterrupted = request.Cancel.IsCancellationRequested,
            SolverVersion = $"{Microsoft.Z3.Version.Major}.{Microsoft.Z3.Version.Minor}.{Microsoft.Z3.Version.Build}",
        };
    }

    private static IEnumerable<Batch> Batches(Fault? fault) =>
        [.. Inductive.Batches(fault), Initial.Batch(), Counting.Batch(), .. Silence.Batches(fault, Flow.Declared)];

    private static Batch Only(Batch batch, string? property) =>
        property is null ? batch : batch with
        {
            Goals = [.. batch.Goals.Where(g => g.Invariant == property || g.Invariant.StartsWith($"{property}.", StringComparison.Ordinal))],
        };

    private static IEnumerable<string> Impossible(IEnumerable<(Batch Batch, Findings Findings)> asked) =>
        asked.Where(a => a.Findings.IsPossible == Finding.Refuted).Select(a => a.Batch.Step);

    /// <summary>One failure for each step and invariant, whichever of the invariant's claims fail.</summary>
    private static Failure[] Failures((Batch Batch, Findings Findings)[] asked, ProofRequest request)
    {
        (Batch Batch, Goal Goal, Finding Finding, string? Reason)[] failed =
        [
            .. from a in asked
               from k in Enumerable.Range(0, a.Batch.Goals.Count)
               where a.Findings.Goals[k] is Finding.Refuted or Finding.Unknown
               let failure = (a.Batch, Goal: a.Batch.Goals[k], Finding: a.Findings.Goals[k], a.Findings.Reasons[k])
               group failure by (a.Batch, failure.Goal.Invariant) into alike
               select alike.OrderBy(f => f.Finding == Finding.Unknown).First(),
        ];
        bool IsFirst((Batch Batch, Goal Goal, Finding, string?) failure) => // Of what leaks through one step, the first is told.
            failure.Goal == failed.First(f => f.Batch == failure.Batch && f.Goal.Clause == failure.Goal.Clause).Goal;
        Counterexample?[] told = Team.Do(
            failed, request, (desk, f) => f.Finding == Finding.Refuted && IsFirst(f) ? f.Batch.Explain(desk, f.Goal) : null, _ => null);
        return
        [
            .. failed.Zip(told).Select(f => new Failure(
                f.First.Batch.Group, f.First.Batch.Step, f.First.Goal.Invariant, f.First.Finding == Finding.Unknown, f.First.Reason, f.Second)),
        ];
    }
}
