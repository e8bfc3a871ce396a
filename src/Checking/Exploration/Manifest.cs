using System.Text.Json;
using System.Text.Json.Serialization;

namespace Checking.Exploration;

/// <summary>What a checkpoint is of and how much of its files is good.</summary>
/// <param name="Model">checksum of the model's properties and actions: another version of it has others</param>
/// <param name="Levels">how many states each whole level has, from the first states on</param>
/// <param name="LinkBits">for each of those levels and the one begun, how many bits of a link are known of all its states</param>
/// <param name="Taken">states of the last whole level that are expanded, in the order of the log</param>
/// <param name="Begun">states found so far on the level begun, in a file of their own</param>
/// <param name="Orbits">sum of the sizes of the orbits on whole levels; zero without symmetry</param>
internal sealed record Manifest(
    int Version, string Scope, int StateBits, bool Symmetry, int? OnlyProperty, ulong Model,
    IReadOnlyList<long> Levels, IReadOnlyList<int> LinkBits, long LogBytes, ulong LogChecksum,
    long Taken, BegunLevel? Begun,
    long Transitions, IReadOnlyList<long> Fired, ulong Reached, long Orbits, double CpuSeconds)
{
    /// <summary>Of the format of the files.</summary>
    public const int CurrentVersion = 1;
}

/// <summary>A file of states on a level that is not finished.</summary>
internal sealed record BegunLevel(string File, long States, ulong Checksum);

[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestFormat : JsonSerializerContext;
