using Implementation.Hypervisor;

namespace Implementation.Domains;

/// <summary>Which page tables the initial mappings need, and at which pfn each is.</summary>
/// <remarks>
/// The first mapping's tables are L4, L3s, L2s, L1s in consecutive frames, an order that Linux relies on. A second mapping
/// adds the tables that the first does not have (count_pgtables(), xen tools/libs/guest/xg_dom_x86.c).
/// </remarks>
internal sealed class PageTablePlan
{
    private const int Levels = 4;

    private readonly List<PlannedTable> _tables = [];
    private readonly HashSet<(int, ulong)> _known = [];

    /// <summary>The tables in the order they are laid out; the first is the root.</summary>
    public IReadOnlyList<PlannedTable> Tables => _tables;

    /// <summary>How many tables a first mapping of [<paramref name="from"/>, <paramref name="last"/>] needs.</summary>
    public static ulong CountFirst(ulong from, ulong last)
    {
        ulong count = 1;
        for (int level = Levels - 1; level >= 1; level--) count += Index(last, level) - Index(from, level) + 1;
        return count;
    }

    /// <summary>Adds the tables that a mapping needs and that are not there yet.</summary>
    /// <param name="from">the first linear address</param>
    /// <param name="last">the last linear address</param>
    /// <param name="pfn">where the first one added goes; the others follow</param>
    /// <returns>how many were added</returns>
    public ulong Add(ulong from, ulong last, ulong pfn)
    {
        int before = _tables.Count;
        for (int level = Levels; level >= 1; level--)
        {
            for (ulong index = Index(from, level); index <= Index(last, level); index++)
            {
                if (_known.Add((level, index))) _tables.Add(new(level, index, pfn + (ulong)(_tables.Count - before)));
            }
        }

        return (ulong)(_tables.Count - before);
    }

    /// <summary>Which table of a level covers an address, counted from the lowest. There is one root.</summary>
    internal static ulong Index(ulong linear, int level) =>
        level == Levels ? 0 : (linear & 0xffff_ffff_ffff) >> (12 + (9 * level));
}

/// <summary>One table: covers the <paramref name="Index"/>-th range of its level's size.</summary>
internal readonly record struct PlannedTable(int Level, ulong Index, ulong Pfn)
{
    /// <summary>Its slot in the table above.</summary>
    public int SlotInParent => (int)(Index % Pte.TableEntries);

    public ulong ParentIndex => Level == 3 ? 0 : Index / Pte.TableEntries;
}
