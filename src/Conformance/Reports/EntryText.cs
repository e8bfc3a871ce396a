using Model;

namespace Conformance.Reports;

/// <summary>Page-table entries as reports show them.</summary>
internal static class EntryText
{
    private const EntryFlags Ordinary = EntryFlags.Present | EntryFlags.Writable | EntryFlags.User | EntryFlags.Accessed | EntryFlags.Dirty;

    /// <summary>Flags that say nothing about isolation.</summary>
    private const EntryFlags Untold = EntryFlags.Global | EntryFlags.GuestKernel | EntryFlags.Available;

    /// <summary>Target, rights, and what is out of the ordinary: <c>mfn:7 rw superpage</c>; dots for an absent entry.</summary>
    public static string Of(Entry entry)
    {
        EntryFlags rest = entry.Flags & ~(Ordinary | Untold);
        string words = $"{rest}".ToLowerInvariant().Replace(",", "", StringComparison.Ordinal);
        return rest == 0 || !entry.IsPresent ? $"{entry}" : $"{entry} {words}";
    }

    /// <summary>The entry with every flag, for a difference that the short form does not show.</summary>
    public static string InFull(Entry entry) => entry.IsPresent ? $"{entry} ({entry.Flags})" : $"{entry}";

    /// <summary>Two entries, in full if they read the same in short.</summary>
    public static (string, string) Of(Entry one, Entry other) =>
        Of(one) == Of(other) ? (InFull(one), InFull(other)) : (Of(one), Of(other));
}
