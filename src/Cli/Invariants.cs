using Checking.Rings;
using Model;

namespace Cli;

/// <summary>The invariants that <c>--property</c> selects from.</summary>
internal static class Invariants
{
    private static readonly string[] s_ofMemory = [.. new Machine(new(1, [])).Invariants.Select(i => i.Id)];

    private static readonly string[] s_all = [.. s_ofMemory, .. RingCatalogue.Invariants.Select(i => i.Id)];

    /// <summary>The id, as the specification spells it, of an invariant of memory.</summary>
    /// <exception cref="UsageException">there is no such invariant</exception>
    public static string Find(string id) => Find(id, s_ofMemory);

    /// <summary>The id, as the specification spells it, of an invariant of memory or of ring protection.</summary>
    /// <exception cref="UsageException">there is no such invariant</exception>
    public static string FindAny(string id) => Find(id, s_all);

    private static string Find(string id, string[] ids) =>
        ids.FirstOrDefault(i => string.Equals(i, id, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException($"There is no property '{id}'; there are {string.Join(", ", ids)}");
}
