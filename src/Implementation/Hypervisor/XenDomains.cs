namespace Implementation.Hypervisor;

public sealed partial class Xen
{
    private readonly List<Domain> _domains = [];

    public IReadOnlyList<Domain> Domains => _domains;

    /// <summary>The domain with an id, or null.</summary>
    internal Domain? FindDomain(ushort id) => _domains.Find(d => d.Id == id);

    internal void Add(Domain domain) => _domains.Add(domain);
}
