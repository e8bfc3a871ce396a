using Implementation.Hypervisor;

namespace Implementation.Domains;

/// <summary>Which page tables the initial mappings need, and at which pfn each is.</summary>
/// <remarks>
/// The first mapping's tables are L4, L3s, L2s, L1s in consecutive frames, an order that Linux relies on. A second mapping
/// adds the tables that the first does not have (count_pgtables(), xen tools/libs/guest/xg_dom_x86.c). A 32-bit domain's root
/// is an L3, and behind its other L2s there is one for the last GiB, which Xen's mappings need.
/// </remarks>
internal sealed class PageTablePlan(DomainKind kind)
{
    private const ulong GiB = 1UL << 30;

    private readonly List<PlannedTable> _tables = [];
    private readonly HashSet<(int, ulong)> _known = [];

    /// <summary>The tables in the order they are laid out; the first is the root.</summary>
    public IReadOnlyList<PlannedTable> Tables => _tables;

    /// <summary>Levels of the root.</summary>
    public int Levels { get; } = kind == DomainKind.Pv32Pae ? 3 : 4;

    /// <summary>How many tables a first mapping of [<paramref name="from"/>, <paramref name="last"/>] needs.</summary>
    public ulong CountFirst(ulong from, ulong last)
    {
        ulong count = NeedsXensTable(last) ? 2UL : 1;
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
                Add(level, index);
            }

            if (level == 2 && NeedsXensTable(last)) Add(level, PageTables.XenSlotOfRoot32);
        }

        return (ulong)(_tables.Count - before);

        void Add(int level, ulong index)
        {
            if (_known.Add((level, index))) _tables.Add(new(level, index, pfn + (ulong)(_tables.Count - before)));
        }
    }

    private bool NeedsXensTable(ulong last) => kind == DomainKind.Pv32Pae && last < PageTables.XenSlotOfRoot32 * GiB;

    /// <summary>Which table of a level covers an address, counted from the lowest. There is one root.</summary>
    internal static ulong Index(ulong linear, int level) =>
        level == 4 ? 0 : (linear & 0xffff_ffff_ffff) >> (12 + (9 * level));
}

/// <summary>One table: covers the <paramref name="Index"/>-th range of its level's size.</summary>
internal readonly record struct PlannedTable(int Level, ulong Index, ulong Pfn)
{
    /// <summary>Its slot in the table above.</summary>
    public int SlotInParent => (int)(Index % Pte.TableEntries);

    public ulong ParentIndex => Level == 3 ? 0 : Index / Pte.TableEntries;
}
