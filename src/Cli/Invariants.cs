using Model;

namespace Cli;

/// <summary>The invariants that <c>--property</c> selects from.</summary>
internal static class Invariants
{
    /// <summary>The invariant's id as the specification spells it.</summary>
    /// <exception cref="UsageException">there is no such invariant</exception>
    public static string Find(string id)
    {
        string[] ids = [.. new Machine(new(1, [])).Invariants.Select(i => i.Id)];
        return ids.FirstOrDefault(i => string.Equals(i, id, StringComparison.OrdinalIgnoreCase))
            ?? throw new UsageException($"There is no property '{id}'; there are {string.Join(", ", ids)}");
    }
}
