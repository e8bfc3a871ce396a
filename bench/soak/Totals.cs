using Conformance.Watch;
using Implementation.Hypervisor;

namespace SoakBench;

/// <summary>Sums over domains of one kind.</summary>
internal sealed class Totals
{
    public ulong Domains { get; private set; }

    public ulong Instructions { get; private set; }

    public ulong[] Looks { get; } = new ulong[Enum.GetValues<Place>().Length];

    public ulong Hypercalls { get; private set; }

    public ulong FramesPushed { get; private set; }

    public ulong RootsEmulated { get; private set; }

    public ulong TlbFills { get; private set; }

    public ulong ModeSwitches { get; private set; }

    public ulong EntryUpdates { get; private set; }

    public ulong Comparisons { get; private set; }

    public ulong InvariantChecks { get; private set; }

    public SortedDictionary<string, ulong> Calls { get; } = new(StringComparer.Ordinal);

    /// <summary>By number of the vector, two digits.</summary>
    public SortedDictionary<string, ulong> Exceptions { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ulong> Ends { get; } = [];

    public void Add(SoakedDomain domain)
    {
        Domains++;
        Instructions += domain.Instructions;
        for (int i = 0; i < Looks.Length; i++) Looks[i] += domain.Looks[i];
        foreach ((string name, ulong count) in domain.Hypercalls) (Calls[name], Hypercalls) = (Calls.GetValueOrDefault(name) + count, Hypercalls + count);
        Ends[domain.End] = Ends.GetValueOrDefault(domain.End) + 1;
        for (int i = 0; i < domain.Exceptions.Length; i++)
        {
            if (domain.Exceptions[i] > 0) Exceptions[$"{i:00}"] = Exceptions.GetValueOrDefault($"{i:00}") + domain.Exceptions[i];
        }

        FramesPushed += domain.FramesPushed;
        RootsEmulated += domain.RootsEmulated;
        TlbFills += domain.TlbFills;
        ModeSwitches += domain.ModeSwitches;
        EntryUpdates += domain.Counts.EntryUpdates;
        Comparisons += domain.Counts.Comparisons;
        InvariantChecks += domain.Counts.InvariantChecks;
    }

    /// <summary>The share of instructions spent in one place, 0..1.</summary>
    public double Share(Place place) => Looks[(int)place] / Math.Max(1.0, Looks.Aggregate(0UL, (a, b) => a + b));
}
