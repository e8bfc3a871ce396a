using Model.Faults;
using Model.Rings.Faults;

namespace Cli;

/// <summary>The mistakes that <c>--fault</c> makes again in the model.</summary>
internal static class Faults
{
    /// <exception cref="UsageException">there is no such mistake</exception>
    public static Fault? Find(string? id) =>
        id is null ? null
        : Fault.Find(id) ?? throw Unknown(id, Fault.All.Select(f => f.Id));

    /// <summary>The mistakes of ring protection.</summary>
    /// <exception cref="UsageException">there is no such mistake</exception>
    public static RingFault? FindOfRings(string? id) =>
        id is null ? null
        : RingFault.Find(id) ?? throw Unknown(id, RingFault.All.Select(f => f.Id));

    /// <summary>The mistake, whichever part of the model makes it, as the model spells it.</summary>
    /// <exception cref="UsageException">there is no such mistake</exception>
    public static string? FindAny(string? id) =>
        id is null ? null
        : Fault.Find(id)?.Id ?? RingFault.Find(id)?.Id ?? throw Unknown(id, [.. Fault.All.Select(f => f.Id), .. RingFault.All.Select(f => f.Id)]);

    /// <summary>The line that says which mistake was made again, if one was.</summary>
    public static void Write(TextWriter to, string? id)
    {
        if (id is null) return;
        string? says = Fault.Find(id)?.Says ?? RingFault.Find(id)?.Says;
        to.WriteLine($"      fault        {id}, made again{(says is null ? "" : $": {says}")}");
    }

    private static UsageException Unknown(string id, IEnumerable<string> known) =>
        new($"There is no fault '{id}'; there are {string.Join(", ", known)}");
}
