namespace Conformance.Generation;

/// <summary>How well an act means it; chosen for each act, and for each member of a multicall by itself.</summary>
public enum Mood : byte
{
    /// <summary>80 %: every operand is plausible where the generator believes the stage to be. Whether the model accepts it is another matter.</summary>
    Valid,

    /// <summary>15 %: one operand is at an edge of its sort; the others are plausible.</summary>
    Boundary,

    /// <summary>5 %: one operand is arbitrary bits, or a reference of an arbitrary kind; the others are plausible.</summary>
    Garbage,
}
