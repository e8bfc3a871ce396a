namespace Conformance.Traps;

/// <summary>What came of a run of guests/traps.</summary>
/// <param name="Lines">what the guest said</param>
/// <param name="IsGivenUp">whether the domain was given up</param>
/// <param name="Said">what the hypervisor said of that; null if nothing</param>
/// <param name="Finding">what the watch of the memory found; null if nothing</param>
public sealed record TrapRun(IReadOnlyList<string> Lines, bool IsGivenUp, string? Said, string? Finding = null);

/// <summary>Where guests/traps can be run.</summary>
public interface ITrapTarget
{
    /// <summary>"ringfence pv64" or the like.</summary>
    string Name { get; }

    /// <summary>Whether the guest's kernel is one of 32 bits.</summary>
    bool Is32Bit { get; }

    /// <summary>Runs the guest once.</summary>
    /// <param name="crash">the number of what is to end the domain; null: all the rest</param>
    TrapRun Run(int? crash);
}
