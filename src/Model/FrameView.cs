namespace Model;

/// <summary>What the model knows of a frame.</summary>
/// <param name="Owner">the owning domain, <see cref="Domid.Nobody"/> or <see cref="Domid.Xen"/></param>
/// <param name="Type">what the frame is, or was last, in use as; means something only while <paramref name="TypeCount"/> is not 0</param>
/// <param name="RefCount">1 while allocated, and the references beside</param>
/// <param name="ValidatedEntries">of a page table: how many of its entries are audited and hold what they need</param>
/// <param name="LinearEntries">how many of its entries name another table of its level</param>
/// <param name="LinearUses">how many entries of other tables of its level name it</param>
public readonly record struct FrameView(
    Mfn Frame,
    Domid Owner,
    PageType Type,
    int TypeCount,
    int RefCount,
    bool IsAllocated,
    bool IsShared,
    bool IsPinned,
    bool IsValidated,
    bool IsPartial,
    int ValidatedEntries,
    int LinearEntries,
    int LinearUses)
{
    public override string ToString() =>
        $"{Frame} {Owner} {Type}{(TypeCount > 0 ? $" ×{TypeCount}" : "")}{(IsPinned ? " pinned" : "")}{(IsPartial ? " partial" : "")}";
}
