namespace Cli.View;

/// <summary>What a domain may do to a frame, and by which way.</summary>
/// <param name="IsBad">it is a right that no domain may have: the frame is a table, or another's</param>
/// <param name="Path">the tables on the way, the first the root; or the translation that gives the right</param>
/// <param name="Edges">the entries on the way, by name</param>
internal sealed record Right(bool IsWrite, bool IsBad, IReadOnlyList<string> Path, IReadOnlyList<string> Edges);

/// <summary>Who can write what: every walk that a processor could make in a state, and every translation that one holds.</summary>
/// <remarks>
/// A walk goes down four levels from a root, through whatever entries it meets, as the hardware does (SDM Vol. 3A, section 4.5); it grants writing
/// if every entry on it does. Where the roots are unknown, any live table may be used.
/// </remarks>
internal sealed class Rights
{
    private const int RootLevel32 = 3;

    private readonly StateView _state;
    private readonly ILookup<string, EntryEdge> _entries;
    private readonly Dictionary<(string Domain, string Frame), Right> _found = [];
    private readonly HashSet<Translation> _stale = [];

    private Rights(StateView state)
    {
        _state = state;
        _entries = state.Entries.ToLookup(e => e.From);
    }

    /// <summary>The most that each domain may do to each frame; what it may not even read is missing.</summary>
    public IReadOnlyDictionary<(string Domain, string Frame), Right> All => _found;

    /// <summary>The translations to which no walk leads any more.</summary>
    public IReadOnlySet<Translation> Stale => _stale;

    public static Rights Of(StateView state)
    {
        Rights rights = new(state);
        foreach (Base root in state.Bases)
        {
            string how = $"{root.Vcpu} runs on {root.Root}{(root.IsUser ? " in user mode" : "")}";
            rights.Walk(DomainOf(root.Vcpu), root.Root, LevelsBelow(state.Frames.GetValueOrDefault(root.Root)?.Type), how);
        }

        if (state.Bases.Count == 0) rights.WalkLiveTables();
        rights._stale.UnionWith(state.Translations.Where(rights.HasNoWalk));
        foreach (Translation cached in rights._stale)
        {
            string how = $"{cached.Vcpu} still holds a translation of {cached.Frame} {(cached.IsWritable ? "rw" : "r-")}";
            rights.Add(DomainOf(cached.Vcpu), cached.Frame, cached.IsWritable, [how], []);
        }

        return rights;
    }

    /// <summary>Of a scope without levels one; a 32-bit domain's root is a table of the third.</summary>
    private static int LevelsBelow(string? type) => type switch
    {
        "table" => 1,
        "L3" => RootLevel32,
        _ => 4,
    };

    private bool HasNoWalk(Translation cached) =>
        !_found.TryGetValue((DomainOf(cached.Vcpu), cached.Frame), out Right? right) || (cached.IsWritable && !right.IsWrite);

    /// <summary>"d1" of "d1v0" or "d1.v0".</summary>
    private static string DomainOf(string vcpu) => vcpu.IndexOfAny(['v', '.']) is > 0 and var at ? vcpu[..at] : vcpu;

    private void WalkLiveTables()
    {
        foreach ((string name, FrameBox frame) in _state.Frames)
        {
            int level = frame.Type == "table" ? 1 : frame.Level;
            if (level > 0) Walk(frame.Owner, name, level, $"{name} is live, as {frame.Type}");
        }
    }

    /// <summary>Breadth first, so that the way found is a shortest one; a place is met at most twice, with the right to write and without.</summary>
    private void Walk(string domain, string root, int levels, string how)
    {
        Queue<Place> open = new([new(root, levels, true, [how], [])]);
        HashSet<(string, int, bool)> met = [];
        while (open.TryDequeue(out Place? at))
        {
            if (!met.Add((at.Table, at.Level, at.IsWritable))) continue;
            foreach (EntryEdge entry in _entries[at.Table])
            {
                // The entries of a 32-bit domain's root have no such bit (SDM Vol. 3A, 4.4.1).
                bool isWritable = at.IsWritable && (entry.IsWritable || (levels == RootLevel32 && at.Level == RootLevel32));
                string[] path = [.. at.Path, $"{entry.Name} names {entry.Says}"], edges = [.. at.Edges, entry.Name];
                if (at.Level == 1 || (at.Level == 2 && entry.IsSuperpage)) Add(domain, entry.To, isWritable, path, edges);
                else open.Enqueue(new(entry.To, at.Level - 1, isWritable, path, edges));
            }
        }
    }

    private void Add(string domain, string frame, bool isWritable, string[] path, string[] edges)
    {
        if (_found.TryGetValue((domain, frame), out Right? known) && (known.IsWrite || !isWritable)) return;
        bool isBad = _state.Frames.TryGetValue(frame, out FrameBox? box) && ((isWritable && box.IsGuarded) || IsForeign(box.Owner, domain));
        _found[(domain, frame)] = new(isWritable, isBad, path, edges);
    }

    /// <summary>Xen shares pages of its own with domains, which are theirs to map; and of a frame whose owner is unknown nothing is claimed.</summary>
    private static bool IsForeign(string owner, string domain) => owner != domain && owner is not ("xen" or "?");

    private sealed record Place(string Table, int Level, bool IsWritable, string[] Path, string[] Edges);
}
