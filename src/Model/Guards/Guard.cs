namespace Model;

/// <summary>A condition of the model of which it can be said whether a run has met it.</summary>
/// <param name="Id">"HC-3.b", a lettered condition that decided; "HC-3", the clause was carried out; or a micro-step's name, as in <see cref="Step"/></param>
/// <param name="Says">what it means that it fired</param>
/// <param name="Operations">the acts of scripts that can fire it, by their names; ["*"] for any, and empty if none can</param>
/// <param name="Impossible">why no script on a stage of 64-bit domains can fire it; null if one can</param>
public sealed record Guard(string Id, string Says, IReadOnlyList<string> Operations, string? Impossible = null)
{
    /// <summary>A member of <see cref="GuardSet"/>.</summary>
    internal int Index { get; } = GuardSet.IndexOf(Id);

    /// <summary>The acts that can fire it on a stage of 32-bit domains, where none can on one of 64-bit ones.</summary>
    public IReadOnlyList<string> NarrowOperations { get; init; } = [];

    /// <summary>Why no script on a stage of 32-bit domains can fire it, where one on a stage of 64-bit ones can.</summary>
    public string? NotNarrow { get; init; }

    /// <summary>Why no script on a stage of such domains can fire it; null if one can.</summary>
    public string? WhyNot(bool is32Bit) => is32Bit ? NarrowOperations.Count > 0 ? null : NotNarrow ?? Impossible : Impossible;

    /// <summary>The acts that can fire it on a stage of such domains.</summary>
    public IReadOnlyList<string> OperationsOf(bool is32Bit) => is32Bit && NarrowOperations.Count > 0 ? NarrowOperations : Operations;

    public override string ToString() => Id;
}
