using Checking.Proving.Small;
using Checking.Proving.Unbounded;
using Microsoft.Z3;

namespace Checking.Proving.Solving;

/// <summary>Looks for a small world in which a goal fails: what does not follow is found out sooner there than in all worlds.</summary>
/// <remarks>The worlds are set up once for all goals of a batch, if any is in doubt.</remarks>
internal sealed class Doubt(Desk desk, Batch batch) : IDisposable
{
    private (Grounding Ground, Solver Solver)[]? _worlds;

    /// <summary>The goal fails in a small world, and so it does not follow.</summary>
    public bool Refutes(Goal goal)
    {
        _worlds ??= [SetUp(new(2, 1, 2)), SetUp(new(3, 2, 2))];
        return _worlds.Any(w => Fails(goal, w.Ground, w.Solver));
    }

    public void Dispose()
    {
        foreach ((_, Solver solver) in _worlds ?? []) solver.Dispose();
    }

    private (Grounding Ground, Solver Solver) SetUp(SmallWorld world)
    {
        Grounding ground = new(world);
        Signature mentioned = new([.. batch.Given, .. batch.Goals.Select(g => g.Claim)]);
        return (ground, desk.Open([.. world.Rules(mentioned), .. batch.Given.Select(ground.Of)], batch.Goals.Select(g => g.Claim)));
    }

    private bool Fails(Goal goal, Grounding ground, Solver solver)
    {
        solver.Push();
        solver.Add(desk.Translator.Of(ground.Of(!goal.Claim)));
        bool fails = solver.Check() == Status.SATISFIABLE;
        solver.Pop();
        return fails;
    }
}
