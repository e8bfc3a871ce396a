using Implementation.Hypervisor;

namespace Conformance.Faults;

/// <summary>Historical mistakes of Xen's that can be made again, to see that the watch finds them.</summary>
public static class FaultCatalogue
{
    private static readonly Dictionary<string, Func<Xen, PageTables>> Faults = new()
    {
    };

    public static IReadOnlyCollection<string> Names => Faults.Keys;

    /// <summary>The memory management with the mistake in it.</summary>
    public static Func<Xen, PageTables> Make(string name) => Faults[name];
}
