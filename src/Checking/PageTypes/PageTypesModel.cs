using Checking.Exploration;

namespace Checking.PageTypes;

/// <summary>The benchmark model as the explorer sees it (<c>spec/08-pagetypes.md</c>).</summary>
public sealed class PageTypesModel : IExplorable<PageTypesExpander>
{
    private readonly PageTypesSizes _sizes;

    public PageTypesModel(PageTypesSizes sizes)
    {
        _sizes = sizes;
        using PageTypesHands hands = PageTypesHands.For(sizes);
        StateBits = hands.StateBits;
        Renamings = hands.Renamings;
    }

    public string Scope => _sizes.ToString();

    public int StateBits { get; }

    public long Renamings { get; }

    public IReadOnlyList<Property> Properties { get; } =
    [
        new("BM-13", "No processor caches a writable translation of a live page table.", Source),
        new("BM-14", "What a processor caches is its domain's.", Source),
        new("BM-15", "A root is a live page table of its domain.", Source),
        new("BM-16", "An entry of a live table names a frame of the table's owner, and one that grants writing names a frame counted writable.", Source),
        new("BM-17", "A frame's count is the number of those who hold it in its use.", Source),
    ];

    public IReadOnlyList<Witness> Actions { get; } =
    [
        new("pin", "a frame is pinned as a page table"),
        new("unpin", "a page table is unpinned"),
        new("set_cr3", "a domain runs on another page table"),
        new("mmu_update", "an entry of a live page table is changed"),
        new("transfer", "a free frame goes over to the other domain"),
        new("tlb_fill", "a processor caches a writable translation"),
        new("tlb_flush", "a processor forgets what it cached"),
        new("store", "a guest writes a frame through a cached translation"),
    ];

    private const string Source = "peers' PageTypes; xen/arch/x86/mm.c, opening comment";

    public PageTypesExpander NewWorker() => new(PageTypesHands.For(_sizes));

    public string Describe(ReadOnlySpan<ulong> before, ReadOnlySpan<ulong> after) => PageTypesText.Describe(this, _sizes, before, after);

    public IReadOnlyList<KeyValuePair<string, string>> Facts(ReadOnlySpan<ulong> state) => PageTypesText.Facts(View(state));

    public string Violation(int property, ReadOnlySpan<ulong> state) => PageTypesText.Violation((PageTypesProperty)property, View(state));

    private PageTypesView View(ReadOnlySpan<ulong> state)
    {
        using PageTypesHands hands = PageTypesHands.For(_sizes);
        return hands.View(state);
    }
}
