using System.Diagnostics;
using Checking.Proving.Flows;
using Checking.Proving.Mutation;
using Checking.Proving.Small;
using Checking.Proving.Smt;
using Checking.Proving.Solving;
using Checking.Proving.Unbounded;
using Checking.Rings.Proving;
using Model.Faults;
using Model.Rings.Faults;

namespace Checking.Proving;

/// <summary>Proves that everything claimed of a state holds after any number of steps, whatever the size of the machine.</summary>
public static class Prover
{
    /// <summary>Asks every query.</summary>
    /// <exception cref="ArgumentException">there is no such fault, or no such property to prove</exception>
    public static ProofReport Run(ProofRequest request)
    {
        TimeSpan start = Process.GetCurrentProcess().TotalProcessorTime;
        Fault? fault = request.Fault is null ? null : Fault.Find(request.Fault);
        RingFault? ringFault = request.Fault is null ? null : RingFault.Find(request.Fault);
        if (request.Fault is not null && fault is null && ringFault is null) throw new ArgumentException($"no fault is called {request.Fault}", nameof(request));
        Batch[] batches =
        [
            .. Batches(fault).Concat(RingProof.Batches(ringFault)).Select(b => Only(b, request.Property)).Where(b => b.Goals.Count != 0),
        ];
        if (batches.Length == 0) throw new ArgumentException($"nothing called {request.Property} is proved", nameof(request));

        if (request.SmtOut is { } folder) SmtFiles.Write(folder, batches);

        int total = batches.Sum(b => b.Goals.Count), done = 0;
        void Asked() => request.Progress?.Invoke(Interlocked.Increment(ref done), total);
        Findings[] findings = Team.Do(batches, request, (desk, batch) => desk.Ask(batch, Asked), Findings.Unasked);
        (Batch Batch, Findings Findings)[] asked = [.. batches.Zip(findings)];

        return new()
        {
            Fault = fault?.Id ?? ringFault?.Id,
            Groups = [.. asked.GroupBy(a => a.Batch.Group).Select(g =>
                (g.Key, g.Sum(a => a.Batch.Goals.Count), g.Sum(a => a.Findings.Goals.Count(f => f == Finding.Proved))))],
            Failures = Failures(asked, request),
            Vacuous = [.. Impossible(asked).Where(s => WhyShut(s) is null)],
            Shut = [.. from step in Impossible(asked) let why = WhyShut(step) where why is not null select KeyValuePair.Create(step, why)],
            OfRest = [.. new SymbolicInvariants(Symbolic.State()).All.Where(i => i.IsAtRest).Select(i => i.Id)],
            Mutants = request.Mutate && request.Fault is null ? Mutants(request) : [],
            Steps = batches.Where(b => b.Group is Inductive.Group or RingProof.Group).Select(b => (b.Group, b.Step)).Distinct().Count(),
            Invariants = batches.Where(b => b.Group != Silence.Group).SelectMany(b => b.Goals).Select(g => g.Invariant).Distinct().Count(),
            CpuSeconds = (Process.GetCurrentProcess().TotalProcessorTime - start).TotalSeconds,
            IsInterrupted = request.Cancel.IsCancellationRequested,
            SolverVersion = $"{Microsoft.Z3.Version.Major}.{Microsoft.Z3.Version.Minor}.{Microsoft.Z3.Version.Build}",
        };
    }

    private static IEnumerable<Batch> Batches(Fault? fault) =>
        [.. Inductive.Batches(fault), Initial.Batch(), Counting.Batch(), .. Silence.Batches(fault, Flow.Declared)];

    /// <summary>Memory's, then those of ring protection; each is looked at in small worlds first. A walk names five frames.</summary>
    private static Mutant[] Mutants(ProofRequest request) =>
    [
        .. Mutations.Run(request, Batches(null), () => [new(2, 1, 2), new(3, 2, 2), new(5, 1, 1)]),
        .. Mutations.Run(request, RingProof.Batches(null), () => [.. SmallWorld.GrowingRings.Where((_, k) => k is 3 or 5)]),
    ];

    private static string? WhyShut(string step) => Inductive.Shut.GetValueOrDefault(step) ?? RingProof.Shut.GetValueOrDefault(step);

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
