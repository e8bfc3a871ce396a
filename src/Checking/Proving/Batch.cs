using Checking.Proving.Solving;
using Checking.Proving.Unbounded;

namespace Checking.Proving;

/// <summary>What is asked about one step: what is assumed, and what must follow from it, each on its own.</summary>
/// <param name="Group">"inductive", "initial", "counts", "silent"</param>
/// <param name="Step">the step's name, or what else the queries are about</param>
internal sealed record Batch(string Group, string Step, IReadOnlyList<Formula> Given, IReadOnlyList<Goal> Goals)
{
    /// <summary>What is assumed must be possible: else whatever follows is worth nothing.</summary>
    public bool MustBePossible { get; init; }

    /// <summary>The step as it was taken; null where none was.</summary>
    public Taken? Taken { get; init; }

    /// <summary>The guards under which the step is taken, once for each run of it that is spoken of: what a mutation changes.</summary>
    public IReadOnlyList<Formula> Guards { get; init; } = [];

    /// <summary>Some goals, of memory, may well not follow: they are tried in small worlds first, where that is found out soonest.</summary>
    public bool IsInDoubt { get; init; }

    /// <summary>The same, in doubt if a mistake changes what the step asks or what becomes of a claim.</summary>
    /// <param name="sound">of the same step without the mistake</param>
    public Batch DoubtedUnless(Batch sound) => this with { IsInDoubt = Reading != sound.Reading };

    private string Reading => string.Join('\n', Guards.Concat(Goals.Select(g => g.Claim)));

    /// <summary>Finds a counterexample to a goal that does not follow; null where none is told.</summary>
    public Func<Desk, Goal, Counterexample?> Explain { get; init; } = (_, _) => null;
}

/// <summary>What must follow.</summary>
/// <param name="Invariant">the id of the invariant or flow; of a flow with what is seen: "FL-12.Entry"</param>
/// <param name="Name">stable, and fit for a file's name: "I-TEXCL.2"</param>
/// <param name="Claim">a formula whose negation, with what is given, no state satisfies</param>
internal sealed record Goal(string Invariant, string Name, Formula Claim)
{
    /// <summary>The clause of <c>spec/</c>: of a flow the id up to what is seen.</summary>
    public string Clause => Invariant.Split('.')[0];

    /// <summary>The claim of an invariant that this is, for the counterexample's sake; null where it is none.</summary>
    public Statement? Statement { get; init; }
}
