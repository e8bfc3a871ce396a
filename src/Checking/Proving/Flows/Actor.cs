using Checking.Proving.Unbounded;
using Model;

namespace Checking.Proving.Flows;

/// <summary>For whom a step acts.</summary>
[Clause("FL-7")]
internal static class Actor
{
    /// <summary>The domain for which the step acts, in the state before it.</summary>
    public static Term Of(Taken taken) => taken.Step.Name switch
    {
        nameof(SymbolicSteps.Allocate) or nameof(SymbolicSteps.Share) => Argument(taken, "d"),              // FL-7.a
        nameof(SymbolicSteps.Free) or nameof(SymbolicSteps.Load) => taken.Before.Owner[Argument(taken, "f")],    // FL-7.b
        _ => taken.Before.Home[Argument(taken, "v")],
    };

    private static Term Argument(Taken taken, string name) => taken.Step.Parameters.ToList().IndexOf(name) is var k and >= 0
        ? (Term)taken.Arguments[k]
        : throw new InvalidOperationException($"{taken.Step} has no {name}: nobody knows for whom it acts");
}
