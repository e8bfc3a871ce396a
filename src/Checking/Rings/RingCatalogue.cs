using Model.Domains;

namespace Checking.Rings;

/// <summary>What is claimed of ring protection, for whoever lists it.</summary>
public static class RingCatalogue
{
    /// <summary>The invariants in the order of <c>spec/invariants.md</c>: the clause, its sentence, and where it is from.</summary>
    public static IReadOnlyList<(string Id, string Says, string Source)> Invariants { get; } =
        [.. new RingMachine(Smallest, fault: null).Invariants.All.Select(i => (i.Id, i.Says, i.Source))];

    private static Dictionary<Sort, int> Smallest => new()
    {
        [Sort.Vcpu] = 1,
        [Sort.Domain] = 1,
        [Sort.Processor] = 1,
        [Sort.Slot] = 1,
        [Sort.Vector] = 1,
        [Sort.Address] = 1,
        [Sort.Facility] = 1,
    };
}
