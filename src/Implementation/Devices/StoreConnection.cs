using System.Text;

namespace Implementation.Devices;

/// <summary>One domain's access to the store: its requests, under its permissions, quotas, watches and transactions.</summary>
/// <remarks>
/// Paths, values, tokens and transaction ids come from guests and are untrusted. A transaction id of 0 means none.
/// </remarks>
public sealed class StoreConnection
{
    private readonly XenStore _store;
    private readonly Action<string, string> _deliver;
    private readonly List<StoreWatch> _watches = [];
    private readonly Dictionary<uint, StoreTransaction> _transactions = [];
    private uint _nextTransaction = 1;

    internal StoreConnection(XenStore store, ushort domain, Action<string, string> deliver)
    {
        _store = store;
        _deliver = deliver;
        Domain = domain;
    }

    public ushort Domain { get; }

    public StoreError Read(uint transaction, string path, out byte[] value)
    {
        StoreError error = Find(transaction, path, StoreAccess.Read, out _, out StoreNode? node, out _);
        value = node?.Value ?? [];
        return error;
    }

    /// <summary>Reads a value as text; null where there is none that this domain may read.</summary>
    public string? ReadText(string path) =>
        Read(0, path, out byte[] value) == StoreError.None ? Encoding.UTF8.GetString(value) : null;

    /// <summary>Names of the children, and a number that changes when they do.</summary>
    public StoreError List(uint transaction, string path, out IReadOnlyList<string> children, out ulong generation)
    {
        StoreError error = Find(transaction, path, StoreAccess.Read, out _, out StoreNode? node, out _);
        children = node?.Children ?? [];
        generation = node?.Generation ?? 0;
        return error;
    }

    public StoreError Write(uint transaction, string path, ReadOnlySpan<byte> value)
    {
        if (StoreQuota.Binds(Domain) && value.Length > StoreQuota.NodeSize) return StoreError.ENOSPC;

        StoreError error = Find(transaction, path, StoreAccess.Write, out IStoreTree? tree, out StoreNode? node, out string absolute);
        if (error is not (StoreError.None or StoreError.ENOENT) || tree is null) return error;
        if (node is null) error = Create(tree, absolute, value.ToArray());
        else tree.Set(absolute, node with { Value = value.ToArray() });

        if (node is null && error != StoreError.None) return error;
        Announce(tree, absolute, isRemoval: false);
        return StoreError.None;
    }

    public StoreError Write(uint transaction, string path, string value) => Write(transaction, path, Encoding.UTF8.GetBytes(value));

    /// <summary>Makes a node with an empty value; one that is there already stays as it is.</summary>
    public StoreError MakeDirectory(uint transaction, string path)
    {
        StoreError error = Find(transaction, path, StoreAccess.Write, out IStoreTree? tree, out StoreNode? node, out string absolute);
        if (node is not null || error != StoreError.ENOENT || tree is null) return error;

        error = Create(tree, absolute, []);
        if (error == StoreError.None) Announce(tree, absolute, isRemoval: false);
        return error;
    }

    /// <summary>Removes a node and everything below. A node that is not there is no error if its parent is.</summary>
    public StoreError Remove(uint transaction, string path)
    {
        StoreError error = Find(transaction, path, StoreAccess.Write, out IStoreTree? tree, out StoreNode? node, out string absolute);
        if (tree is null) return error;
        if (absolute == StorePath.Root) return StoreError.EINVAL;

        string parentPath = StorePath.ParentOf(absolute);
        if (node is null)
        {
            bool isHarmless = error == StoreError.ENOENT && tree.TryGet(parentPath, out StoreNode? parentNode)
                && parentNode.Permissions.Allows(Domain, StoreAccess.Read);
            return isHarmless ? StoreError.None : error;
        }

        if (error != StoreError.None) return error;

        RemoveSubtree(tree, absolute, node);
        if (tree.TryGet(parentPath, out StoreNode? parent))
        {
            string name = StorePath.NameOf(absolute);
            tree.Set(parentPath, parent with { Children = [.. parent.Children.Where(c => c != name)] });
        }

        Announce(tree, absolute, isRemoval: true);
        return StoreError.None;
    }

    public StoreError GetPermissions(uint transaction, string path, out StorePermissions? permissions)
    {
        StoreError error = Find(transaction, path, StoreAccess.Read, out _, out StoreNode? node, out _);
        permissions = node?.Permissions;
        return error;
    }

    /// <summary>Only the owner may; only Domain0 may give a node to another domain.</summary>
    public StoreError SetPermissions(uint transaction, string path, StorePermissions permissions)
    {
        StoreError error = Find(transaction, path, StoreAccess.Both, out IStoreTree? tree, out StoreNode? node, out string absolute);
        if (error != StoreError.None || node is null || tree is null) return error;

        bool isPrivileged = Domain == Hypervisor.Domain.Domain0;
        if (!isPrivileged && node.Permissions.Owner != Domain) return StoreError.EACCES;
        if (!isPrivileged && permissions.Owner != Domain) return StoreError.EPERM;

        tree.Set(absolute, node with { Permissions = permissions });
        Announce(tree, absolute, isRemoval: false);
        return StoreError.None;
    }

    /// <summary>Registers a watch. The caller sends the first event, which follows at once, by <see cref="Deliver"/>.</summary>
    public StoreError Watch(string path, string token)
    {
        if (!StorePath.IsSpecial(path) && !StorePath.TryResolve(path, Domain, out _)) return StoreError.EINVAL;
        if (_watches.Exists(w => w.Path == path && w.Token == token)) return StoreError.EEXIST;
        if (StoreQuota.Binds(Domain) && _watches.Count >= StoreQuota.Watches) return StoreError.E2BIG;

        string absolute = path;
        if (!StorePath.IsSpecial(path)) StorePath.TryResolve(path, Domain, out absolute);
        _watches.Add(new(path, absolute, token));
        return StoreError.None;
    }

    public StoreError Unwatch(string path, string token) =>
        _watches.RemoveAll(w => w.Path == path && w.Token == token) > 0 ? StoreError.None : StoreError.ENOENT;

    /// <summary>Drops every watch and every transaction.</summary>
    public void Reset()
    {
        _watches.Clear();
        _transactions.Clear();
    }

    public StoreError Begin(out uint transaction)
    {
        transaction = 0;
        if (StoreQuota.Binds(Domain) && _transactions.Count >= StoreQuota.Transactions) return StoreError.ENOSPC;

        do transaction = _nextTransaction++; while (transaction == 0 || _transactions.ContainsKey(transaction));
        _transactions[transaction] = new(_store.Tree);
        return StoreError.None;
    }

    /// <summary>Ends a transaction. The events of a commit are delivered before this returns.</summary>
    /// <returns>EAGAIN: somebody changed what it saw, and nothing of it has happened; ENOENT: no such transaction</returns>
    public StoreError End(uint transaction, bool commit)
    {
        if (!_transactions.Remove(transaction, out StoreTransaction? ended)) return StoreError.ENOENT;
        if (!commit) return StoreError.None;
        if (StoreQuota.Binds(Domain) && _store.Tree.OwnedBy(Domain) + ended.Added > StoreQuota.Nodes) return StoreError.ENOSPC;
        if (!ended.TryCommit()) return StoreError.EAGAIN;

        foreach ((string path, bool isRemoval) in ended.Changes) _store.Fire(path, isRemoval);
        return StoreError.None;
    }

    internal void Deliver(string path, string token) => _deliver(path, token);

    internal void Fire(string path, bool isRemoval)
    {
        if (!MayHearOf(path)) return;

        foreach (StoreWatch watch in _watches.ToArray())
        {
            if (StorePath.IsAtOrBelow(path, watch.Absolute)) _deliver(watch.NameOf(path, Domain), watch.Token);
            else if (isRemoval && StorePath.IsAtOrBelow(watch.Absolute, path)) _deliver(watch.Path, watch.Token);
        }
    }

    /// <summary>A change is told to those who may read the node, or its nearest ancestor if it is gone (XSA-115).</summary>
    private bool MayHearOf(string path)
    {
        if (StorePath.IsSpecial(path)) return !StoreQuota.Binds(Domain);

        StoreNode? node;
        while (!_store.Tree.TryGet(path, out node)) path = StorePath.ParentOf(path);
        return node.Permissions.Allows(Domain, StoreAccess.Read);
    }

    private StoreError Find(
        uint transaction, string path, StoreAccess access, out IStoreTree? tree, out StoreNode? node, out string absolute)
    {
        tree = null;
        node = null;
        if (!StorePath.TryResolve(path, Domain, out absolute)) return StoreError.EINVAL;
        if (transaction == 0) tree = _store.Tree;
        else if (!_transactions.TryGetValue(transaction, out StoreTransaction? open)) return StoreError.ENOENT;
        else if (StoreQuota.Binds(Domain) && open.Touched > StoreQuota.TransactionNodes) return StoreError.ENOSPC;
        else tree = open;

        if (tree.TryGet(absolute, out StoreNode? found))
        {
            if (!found.Permissions.Allows(Domain, access)) return StoreError.EACCES;
            node = found;
            return StoreError.None;
        }

        // Who may not look into the nearest ancestor does not learn what is missing from it.
        return Ancestor(tree, absolute).Permissions.Allows(Domain, access) ? StoreError.ENOENT : StoreError.EACCES;
    }

    /// <summary>Adds a node and the ones missing above it. They get their parent's permissions, but a guest owns what it makes.</summary>
    private StoreError Create(IStoreTree tree, string absolute, byte[] value)
    {
        List<string> missing = [absolute];
        string at = StorePath.ParentOf(absolute);
        StoreNode? parent;
        for (; !tree.TryGet(at, out parent); at = StorePath.ParentOf(at)) missing.Add(at);

        int owned = _store.Tree.OwnedBy(Domain) + (tree is StoreTransaction open ? open.Added : 0);
        if (StoreQuota.Binds(Domain) && owned + missing.Count > StoreQuota.Nodes) return StoreError.ENOSPC;

        StorePermissions permissions = StoreQuota.Binds(Domain) ? parent.Permissions with { Owner = Domain } : parent.Permissions;
        for (int i = missing.Count - 1; i >= 0; i--)
        {
            tree.Set(at, parent with { Children = [.. parent.Children, StorePath.NameOf(missing[i])] });
            parent = new(i == 0 ? value : [], [], permissions, 0);
            at = missing[i];
            tree.Set(at, parent);
        }

        return StoreError.None;
    }

    private static StoreNode Ancestor(IStoreTree tree, string path)
    {
        StoreNode? node;
        do path = StorePath.ParentOf(path); while (!tree.TryGet(path, out node));
        return node;
    }

    private static void RemoveSubtree(IStoreTree tree, string path, StoreNode node)
    {
        Stack<(string Path, StoreNode Node)> left = new([(path, node)]);
        while (left.TryPop(out (string Path, StoreNode Node) next))
        {
            foreach (string name in next.Node.Children)
            {
                string child = StorePath.Child(next.Path, name);
                if (tree.TryGet(child, out StoreNode? found)) left.Push((child, found));
            }

            tree.Remove(next.Path);
        }
    }

    private void Announce(IStoreTree tree, string path, bool isRemoval)
    {
        if (tree is StoreTransaction open) open.Announce(path, isRemoval);
        else _store.Fire(path, isRemoval);
    }
}
