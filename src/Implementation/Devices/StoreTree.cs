using System.Diagnostics.CodeAnalysis;

namespace Implementation.Devices;

/// <summary>One node. Nodes are values: a change makes a new one.</summary>
/// <param name="Children">names, oldest first</param>
/// <param name="Generation">of the change that made this value; what transactions compare</param>
internal sealed record StoreNode(byte[] Value, IReadOnlyList<string> Children, StorePermissions Permissions, ulong Generation);

/// <summary>A set of nodes by absolute path: the store itself, or a transaction's view of it.</summary>
internal interface IStoreTree
{
    bool TryGet(string path, [NotNullWhen(true)] out StoreNode? node);

    void Set(string path, StoreNode node);

    void Remove(string path);
}

/// <summary>The nodes that are there for everyone.</summary>
internal sealed class StoreTree : IStoreTree
{
    private readonly Dictionary<string, StoreNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<ushort, int> _owned = [];
    private ulong _generation;

    public StoreTree() => Set(StorePath.Root, new([], [], new(Hypervisor.Domain.Domain0, StoreAccess.None), 0));

    public bool TryGet(string path, [NotNullWhen(true)] out StoreNode? node) => _nodes.TryGetValue(path, out node);

    public void Set(string path, StoreNode node)
    {
        Forget(path);
        _nodes[path] = node with { Generation = ++_generation };
        Count(node.Permissions.Owner, 1);
    }

    public void Remove(string path)
    {
        Forget(path);
        _nodes.Remove(path);
    }

    public int OwnedBy(ushort domain) => _owned.GetValueOrDefault(domain);

    private void Forget(string path)
    {
        if (_nodes.TryGetValue(path, out StoreNode? old)) Count(old.Permissions.Owner, -1);
    }

    private void Count(ushort owner, int change) => _owned[owner] = OwnedBy(owner) + change;
}
