using System.Diagnostics.CodeAnalysis;

namespace Implementation.Devices;

/// <summary>A view of the store in which one client reads and writes until it commits all of it or none.</summary>
/// <remarks>
/// Everything looked at or changed is remembered with the generation it had, 0 for a node that was not there. A commit succeeds
/// if all of that is still so; otherwise somebody else came first, and the client tries again (EAGAIN).
/// </remarks>
internal sealed class StoreTransaction(StoreTree store) : IStoreTree
{
    private readonly Dictionary<string, ulong> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoreNode?> _changed = new(StringComparer.Ordinal);

    private readonly List<(string Path, bool IsRemoval)> _changes = [];

    /// <summary>Changes to announce once committed, in order, each once.</summary>
    public IReadOnlyList<(string Path, bool IsRemoval)> Changes => _changes;

    /// <summary>Nodes this transaction adds to the store, so that quotas bind inside it too.</summary>
    public int Added => _changed.Count(c => c.Value is not null && _seen[c.Key] == 0);

    /// <summary>Nodes remembered, changed or not.</summary>
    public int Touched => _seen.Count;

    public bool TryGet(string path, [NotNullWhen(true)] out StoreNode? node)
    {
        if (_changed.TryGetValue(path, out node)) return node is not null;

        bool isThere = store.TryGet(path, out node);
        _seen.TryAdd(path, node?.Generation ?? 0);
        return isThere;
    }

    public void Set(string path, StoreNode node)
    {
        Remember(path);
        _changed[path] = node;
    }

    public void Remove(string path)
    {
        Remember(path);
        _changed[path] = null;
    }

    public void Announce(string path, bool isRemoval)
    {
        if (!_changes.Contains((path, isRemoval))) _changes.Add((path, isRemoval));
    }

    /// <returns>false if the store has moved on; nothing is changed then</returns>
    public bool TryCommit()
    {
        foreach ((string path, ulong generation) in _seen)
        {
            ulong now = store.TryGet(path, out StoreNode? node) ? node.Generation : 0;
            if (now != generation) return false;
        }

        foreach ((string path, StoreNode? node) in _changed)
        {
            if (node is null) store.Remove(path);
            else store.Set(path, node);
        }

        return true;
    }

    private void Remember(string path) => TryGet(path, out _);
}
