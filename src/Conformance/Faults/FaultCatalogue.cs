using Implementation.Hypervisor;

namespace Conformance.Faults;

/// <summary>Historical mistakes of Xen's that can be made again, to see that the watch finds them.</summary>
public static class FaultCatalogue
{
    private static readonly Dictionary<string, Func<Xen, PageTables>> Faults = new()
    {
        ["XSA-148"] = xen => new Xsa148(xen),
        ["XSA-182"] = xen => new Xsa182(xen),
        ["XSA-401"] = xen => new Xsa401(xen),
    };

    public static IReadOnlyCollection<string> Names => Faults.Keys;

    /// <summary>The memory management with the mistake in it.</summary>
    public static Func<Xen, PageTables> Make(string name) => Faults[name];
}
