using Checking.Proving.Unbounded;
using Microsoft.Z3;

namespace Checking.Proving.Solving;

/// <summary>What the solver says of a goal.</summary>
internal enum Finding
{
    /// <summary>Not asked: the run was interrupted before.</summary>
    Unasked,

    Proved,
    Refuted,
    Unknown,
}

/// <summary>What the solver says of a batch, goal by goal.</summary>
/// <param name="IsPossible">some state satisfies what is given; proved, if it was asked</param>
/// <param name="Reasons">why the solver gave up, for each goal of which it did</param>
internal sealed record Findings(Finding IsPossible, Finding[] Goals, string?[] Reasons)
{
    public static Findings Unasked(Batch batch) => new(Finding.Unasked, new Finding[batch.Goals.Count], new string?[batch.Goals.Count]);
}

/// <summary>A solver of one worker's own: contexts are not shared between threads.</summary>
internal sealed class Desk : IDisposable
{
    private readonly Context _context = new();
    private readonly Translator _translator;
    private readonly uint _timeout;
    private readonly CancellationToken _cancel;
    private readonly CancellationTokenRegistration _interrupt;

    public Desk(TimeSpan timeout, CancellationToken cancel)
    {
        _translator = new(_context);
        _timeout = (uint)timeout.TotalMilliseconds;
        _cancel = cancel;
        _interrupt = cancel.Register(_context.Interrupt);
    }

    public Translator Translator => _translator;

    /// <summary>The run ends; what was not asked will not be.</summary>
    public bool IsInterrupted => _cancel.IsCancellationRequested;

    /// <summary>A solver to which what is given, and what holds of the sorts it speaks of, was told.</summary>
    public Solver Open(IEnumerable<Formula> given, IEnumerable<Formula> alsoMentioned)
    {
        Solver solver = _context.MkSolver();
        solver.Set("timeout", _timeout);
        Formula[] told = [.. given];
        foreach (Formula formula in new Signature([.. told, .. alsoMentioned]).Axioms.Concat(told)) solver.Add(_translator.Of(formula));
        return solver;
    }

    /// <summary>Asks every query of the batch.</summary>
    public Findings Ask(Batch batch, Action asked)
    {
        Findings findings = Findings.Unasked(batch);
        using Solver solver = Open(batch.Given, batch.Goals.Select(g => g.Claim));
        using Doubt doubt = new(this, batch);
        if (batch.MustBePossible) findings = findings with { IsPossible = Possible(solver) };

        for (int k = 0; k < batch.Goals.Count && !_cancel.IsCancellationRequested; k++)
        {
            if (batch.IsInDoubt && doubt.Refutes(batch.Goals[k]))
            {
                findings.Goals[k] = Finding.Refuted;
                asked();
                continue;
            }

            solver.Push();
            solver.Add(_translator.Of(!batch.Goals[k].Claim));
            findings.Goals[k] = solver.Check() switch
            {
                Status.UNSATISFIABLE => Finding.Proved,
                Status.SATISFIABLE => Finding.Refuted,
                _ => _cancel.IsCancellationRequested ? Finding.Unasked : Finding.Unknown,
            };
            if (findings.Goals[k] == Finding.Unknown) findings.Reasons[k] = solver.ReasonUnknown;
            solver.Pop();
            asked();
        }

        return findings;
    }

    public void Dispose()
    {
        _interrupt.Dispose();
        _context.Dispose();
    }

    private Finding Possible(Solver solver) => solver.Check() switch
    {
        Status.SATISFIABLE => Finding.Proved,
        Status.UNSATISFIABLE => Finding.Refuted,
        _ => _cancel.IsCancellationRequested ? Finding.Unasked : Finding.Unknown,
    };
}
