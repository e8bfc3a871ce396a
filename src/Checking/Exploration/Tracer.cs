namespace Checking.Exploration;

/// <summary>Finds the path to a state by the links in the table: from level to level only the few states that a link leaves
/// open are expanded again.</summary>
internal sealed unsafe class Tracer<TWorker, TTable>(TTable table, TWorker expander, TWorker checker, bool symmetry, IReadOnlyList<int> linkBits)
    where TTable : struct, IVisitedTable
    where TWorker : struct, IExpander
{
    // Not readonly, or each call would be to a copy of the worker.
    public TWorker Expander = expander, Checker = checker;

    /// <summary>The shortest path from a first state, of all such the first in the table's order; both ends included.</summary>
    /// <param name="level">the state's</param>
    public IReadOnlyList<ulong[]> To(ulong[] state, int level)
    {
        List<ulong[]> path = [state];
        for (int at = level; at > 0; at--) path.Add(ParentOf(path[^1], at));
        path.Reverse();
        return symmetry ? Unfold(path) : path;
    }

    private ulong[] ParentOf(ulong[] state, int level)
    {
        (ulong least, ulong greatest) = HashesOfParents(state, level);
        List<ulong> states = table.StatesOf(level - 1, least, greatest);
        List<(ulong Hash, ulong[] State)> candidates = [];
        for (int i = 0; i < states.Count; i += table.Words)
        {
            ulong[] candidate = [.. states.GetRange(i, table.Words)];
            fixed (ulong* words = candidate) candidates.Add((table.Hash(words), candidate));
        }

        candidates.Sort((a, b) => a.Hash != b.Hash ? a.Hash.CompareTo(b.Hash) : a.State.AsSpan().SequenceCompareTo(b.State));
        foreach ((_, ulong[] candidate) in candidates)
            if (Successor(candidate, state) is not null) return candidate;
        throw new InvalidOperationException(
            $"No state on level {level - 1} leads to one on level {level}: the model does not give the same successors twice.");
    }

    private (ulong Least, ulong Greatest) HashesOfParents(ulong[] state, int level)
    {
        int bits = Math.Min(linkBits[level], table.LinkBits);
        if (bits == 0) return (0, ulong.MaxValue);
        fixed (ulong* words = state)
        {
            ulong link = table.Link(table.Hash(words), words) >> (table.LinkBits - bits);
            ulong least = link << (64 - bits);
            return (least, least | ulong.MaxValue >> bits);
        }
    }

    /// <summary>Turns a path of representatives, each a renaming away from a successor of the one before, into a run of the model.</summary>
    private List<ulong[]> Unfold(List<ulong[]> representatives)
    {
        List<ulong[]> run = [First(representatives[0])];
        for (int i = 1; i < representatives.Count; i++)
        {
            run.Add(Successor(run[^1], representatives[i]) ?? throw new InvalidOperationException(
                "A renaming of a state has other successors than the state: the scope is not symmetric."));
        }

        return run;
    }

    private ulong[] First(ulong[] representative)
    {
        Seeker<TWorker> seeker = new(ref Checker, representative, symmetry);
        Expander.Begin(ref seeker);
        return seeker.Found ?? throw new InvalidOperationException("The model does not give the same first states twice.");
    }

    /// <summary>The successor of the first state that the second stands for, or null.</summary>
    private ulong[]? Successor(ulong[] from, ulong[] representative)
    {
        Seeker<TWorker> seeker = new(ref Checker, representative, symmetry);
        fixed (ulong* words = from) Expander.Expand(words, ref seeker);
        return seeker.Found;
    }
}

/// <summary>A sink that waits for one state.</summary>
internal unsafe ref struct Seeker<TWorker> : ISink where TWorker : struct, IExpander
{
    private readonly ref TWorker _checker;
    private readonly ulong[] _sought, _canonical;
    private readonly bool _symmetry;

    public Seeker(ref TWorker checker, ulong[] sought, bool symmetry)
    {
        _checker = ref checker;
        _sought = sought;
        _canonical = new ulong[sought.Length];
        _symmetry = symmetry;
    }

    /// <summary>The first state that came in and is the one sought, or a renaming of it.</summary>
    public ulong[]? Found { get; private set; }

    public void Add(ulong* successor, int action)
    {
        if (Found is not null) return;
        ReadOnlySpan<ulong> state = new(successor, _sought.Length);
        state.CopyTo(_canonical);
        if (_symmetry)
            fixed (ulong* canonical = _canonical) _checker.Canonicalize(canonical);
        if (_canonical.AsSpan().SequenceEqual(_sought)) Found = state.ToArray();
    }

    public readonly void Note(int action)
    {
    }
}
