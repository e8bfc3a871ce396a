namespace Model;

/// <summary>A condition of the model of which it can be said whether a run has met it.</summary>
/// <param name="Id">"HC-3.b", a lettered condition that decided; "HC-3", the clause was carried out; or a micro-step's name, as in <see cref="Step"/></param>
/// <param name="Says">what it means that it fired</param>
/// <param name="Operations">the acts of scripts that can fire it, by their names; ["*"] for any, and empty if none can</param>
/// <param name="Impossible">why no script on a stage can fire it; null if one can</param>
public sealed record Guard(string Id, string Says, IReadOnlyList<string> Operations, string? Impossible = null)
{
    /// <summary>A member of <see cref="GuardSet"/>.</summary>
    internal int Index { get; } = GuardSet.IndexOf(Id);

    public override string ToString() => Id;
}
