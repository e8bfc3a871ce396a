namespace Implementation.Devices;

/// <summary>The machine's xenstore: a tree of small values, shared by all domains under permissions, with watches.</summary>
/// <remarks>
/// Every domain, Domain0 and its devices included, works through a <see cref="StoreConnection"/>. Facts: Xen's docs/misc/
/// xenstore.txt and the conversation of a Linux guest recorded on Xen 4.17 (pv-abi 7.6).
/// </remarks>
public sealed class XenStore
{
    private readonly List<StoreConnection> _connections = [];
    private readonly HashSet<ushort> _introduced = [Hypervisor.Domain.Domain0];

    internal StoreTree Tree { get; } = new();

    /// <summary>Opens a connection for a domain.</summary>
    /// <param name="deliver">takes watch events: the changed path as the watcher knows it, and the watch's token</param>
    public StoreConnection Connect(ushort domain, Action<string, string>? deliver = null)
    {
        StoreConnection connection = new(this, domain, deliver ?? ((_, _) => { }));
        _connections.Add(connection);
        return connection;
    }

    internal bool IsIntroduced(ushort domain) => _introduced.Contains(domain);

    internal void Introduce(ushort domain)
    {
        if (_introduced.Add(domain)) Fire("@introduceDomain", isRemoval: false);
    }

    /// <summary>Tells every watch at or above a changed path, and for a removal those below it.</summary>
    internal void Fire(string path, bool isRemoval)
    {
        // Deliveries may make devices change the store again, and connect.
        foreach (StoreConnection connection in _connections.ToArray()) connection.Fire(path, isRemoval);
    }
}
