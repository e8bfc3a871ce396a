using Model;

namespace Conformance.Scripts;

/// <summary>A sequence of acts on a stage. Every subsequence is a script too.</summary>
[Clause("CA-2")]
public sealed record Script(StageShape Shape, IReadOnlyList<Act> Acts)
{
    public bool Equals(Script? other) => other is not null && Shape == other.Shape && Acts.SequenceEqual(other.Acts);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Shape);
        foreach (Act act in Acts) hash.Add(act);
        return hash.ToHashCode();
    }

    /// <summary>One act to a line, as <see cref="ScriptText"/> reads it.</summary>
    public override string ToString() => ScriptText.Write(this);
}
