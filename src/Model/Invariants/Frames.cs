using Model.Domains;

namespace Model.Invariants;

/// <summary>Whose a frame is, who refers to it, and what becomes of it.</summary>
public sealed partial class Invariants<Bit, Word, Relation, Map>
{
    [Clause("I-OWN")]
    public Invariant<Bit, Word> Ownership => new(
        "I-OWN",
        Says: "Whatever a guest's live tables or a processor's cached translations name is a frame that the guest's domain owns.",
        Source: "get_page_from_l1e, xen/arch/x86/mm.c; broken by XSA-148, 248, 284",
        new OfEntry<Bit, Word>(
            (t, i, f) => Implies(s.Audited[t, i] & s.Entry[t, i, f], s.Owner[f] == s.Owner[t]),
            (t, i, e, f) => $"{t.Frame}[{i}] of {t.Owner} names {f.Frame}, which {f.Owner} owns"),
        new OfVcpu<Bit, Word>(
            (v, f) => Implies(s.CachedRead[v, f], s.Owner[f] == s.Home[v]) & Implies(s.CachedWrite[v, f], s.CachedRead[v, f]),
            (v, f) => $"{v} caches a translation to {f.Frame}, which {f.Owner} owns"));

    [Clause("I-REF")]
    public Invariant<Bit, Word> References => new(
        "I-REF",
        Says: "A frame's general count is one for its allocation and one for each reference that is held.",
        Source: "xen/arch/x86/mm.c, opening comment, \"COUNT is the total number of references\"; broken by XSA-58, 159, 299",
        new OfFrame<Bit, Word>(
            f => s.RefCount[f]
                 == Word.One(s.Allocated[f])
                 + Word.One(s.Pinned[f])
                 + Word.One(s.Paused[f])
                 + s.Holder.Count(Every, Every, f)
                 + s.KernelBase.Count(Every, f)
                 + s.UserBase.Count(Every, f)
                 + s.Descriptors.Count(Every, Every, f)
                 + s.VcpuInfo.Count(Every, f)
                 + s.Taken.Count(Every, f)
                 + s.Leaving.Count(Every, f),
            f => $"{f.Frame} counts {f.RefCount} references, and that is not how many are held"))
    {
        IsBookkeeping = true,
    };

    [Clause("I-LIVE")]
    public Invariant<Bit, Word> Liveness => new(
        "I-LIVE",
        Says: "Nothing refers to a frame that nobody owns, and no processor can reach it.",
        Source: "free_domheap_pages, xen/common/page_alloc.c; broken by XSA-217, 288, 384",
        new OfFrame<Bit, Word>(
            f => Implies(
                s.Owner[f] == Nobody,
                !s.Allocated[f] & NobodyRefers(f) & NobodyHoldsType(f) & s.CachedRead.Empty(Every, f)),
            f => $"nobody owns {f.Frame}, yet something refers to it or a processor can reach it"));

    [Clause("I-STATE")]
    public Invariant<Bit, Word> LifeCycle => new(
        "I-STATE",
        Says: "A frame that nobody owns has no type, "
            + "and a frame is never both established in its type and on the way into or out of it.",
        Source: "struct page_info, xen/arch/x86/include/asm/mm.h; broken by XSA-159, 214",
        new OfFrame<Bit, Word>(
            f => Implies(s.Owner[f] == Nobody, s.Type[f] == Unused)
                 & Implies(s.Type[f] == Unused, !s.Valid[f] & !s.Partial[f])
                 & !(s.Valid[f] & s.Partial[f])
                 & Implies(s.Pinned[f], s.Valid[f] & IsTable(f))
                 & Implies(s.Shared[f], s.Valid[f] & s.Type[f] == Data & s.Allocated[f]),
            f => $"{f.Frame} of {f.Owner} is {f.Type}{(f.IsValidated ? ", validated" : "")}{(f.IsPartial ? ", partial" : "")}"));

    [Clause("I-SCRUB")]
    public Invariant<Bit, Word> Scrubbing => new(
        "I-SCRUB",
        Says: "A frame into which nothing was written since it came to its owner holds nothing.",
        Source: "alloc_domheap_pages, scrub_one_page, xen/common/page_alloc.c; broken by XSA-100, 313",
        new OfFrame<Bit, Word>(
            f => Implies(s.Allocated[f] & !s.Written[f], s.Entry.Empty(f, Every, Every)),
            f => $"{f.Frame} came to {f.Owner} with what an earlier owner left in it"));
}
