namespace Microsoft.Z3;

/// <summary>The answer of a solver.</summary>
public enum Status
{
    /// <summary>The assertions contradict each other.</summary>
    UNSATISFIABLE = -1,

    /// <summary>Z3 gave up; <see cref="Solver.ReasonUnknown"/> says why.</summary>
    UNKNOWN = 0,

    /// <summary>The assertions have a model.</summary>
    SATISFIABLE = 1,
}
