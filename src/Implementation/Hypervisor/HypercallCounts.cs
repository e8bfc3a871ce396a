namespace Implementation.Hypervisor;

/// <summary>How often a domain made each hypercall, entries of multicalls included.</summary>
public sealed class HypercallCounts
{
    private readonly Dictionary<string, ulong> _byName = [];

    /// <summary>Calls made from guest code; entries of multicalls are counted by name only.</summary>
    public ulong Total { get; private set; }

    public IReadOnlyDictionary<string, ulong> ByName => _byName;

    internal void Add(string name, bool inMulticall)
    {
        if (!inMulticall) Total++;
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_byName, name, out _)++;
    }
}
