using Model.Domains;

namespace Model.Invariants;

/// <summary>What a frame is in use as, who holds it so, and what its entries may say.</summary>
public sealed partial class Invariants<Bit, Word, Relation, Map>
{
    [Clause("I-TEXCL")]
    public Invariant<Bit, Word> TypeExclusivity => new(
        "I-TEXCL",
        Says: "No guest can write a frame that is in use as a page table or descriptor page.",
        Source: "xen/arch/x86/mm.c, \"mutually-exclusive uses\"; broken by XSA-182, 185, 217, 288, 401",
        new OfVcpu<Bit, Word>(
            (v, f) => Implies(s.CachedWrite[v, f], !IsProtected(f) | s.Stale[f]),
            (v, f) => $"{v} still holds a writable translation of {f.Frame}, now {f.Type}"),
        new OfEntry<Bit, Word>(
            (t, i, f) => Implies(
                s.Audited[t, i] & s.Entry[t, i, f] & s.Writable[t, i] & (s.Type[t] == L1 | IsSameLevel(f, t)),
                !IsProtected(f)),
            (t, i, e, f) => $"{t.Frame}[{i}] maps {f.Frame} read-write while {f.Frame} is {f.Type}"));

    [Clause("I-TCOUNT")]
    public Invariant<Bit, Word> TypeCounts => new(
        "I-TCOUNT",
        Says: "A frame's type count is the number of references that hold it in its type.",
        Source: "xen/arch/x86/mm.c, opening comment, \"TYPE_COUNT is more subtle\"; broken by XSA-291, 299, 310",
        new OfFrame<Bit, Word>(
            f => s.TypeCount[f]
                 == Word.One(s.Shared[f])
                 + Word.One(s.Pinned[f])
                 + Word.One(s.Paused[f])
                 + s.TypeHolder.Count(Every, Every, f)
                 + s.KernelBase.Count(Every, f)
                 + s.UserBase.Count(Every, f)
                 + s.Descriptors.Count(Every, Every, f)
                 + s.VcpuInfo.Count(Every, f)
                 + s.TakenType.Count(Every, f)
                 + s.LeavingType.Count(Every, f),
            f => $"{f.Frame} counts {f.TypeCount} holders of its type {f.Type}, and that is not how many there are"))
    {
        IsBookkeeping = true,
    };

    [Clause("I-TVALID")]
    public Invariant<Bit, Word> ValidMeansAudited => new(
        "I-TVALID",
        Says: "Every present entry of an established page table is audited, "
            + "and whatever an entry holds in a type is established in it.",
        Source: "promote_l1_table .. promote_l4_table, xen/arch/x86/mm.c; broken by XSA-214, 299, 402",
        new OfEntry<Bit, Word>(
            (t, i, f) => Implies(IsTable(t) & s.Valid[t] & s.Entry[t, i, f], s.Audited[t, i]),
            (t, i, e, f) => $"{t.Frame}[{i}] names {f.Frame} and was never audited, while {t.Frame} is {t.Type}"),
        new OfEntry<Bit, Word>(
            (t, i, f) => Implies(s.TypeHolder[t, i, f], s.Valid[f]),
            (t, i, e, f) => $"{t.Frame}[{i}] holds {f.Frame} as {f.Type}, and it is not established as that"));

    [Clause("I-TDELTA")]
    public Invariant<Bit, Word> EditEqualsAudit => new(
        "I-TDELTA",
        Says: "An audited entry holds exactly what an audit of it as it stands would have it hold.",
        Source: "mod_l1_entry .. mod_l4_entry, FASTPATH_FLAG_WHITELIST, xen/arch/x86/mm.c; broken by XSA-148, 154, 182",
        new OfEntry<Bit, Word>(
            (t, i, f) => Implies(
                s.Audited[t, i] & s.Entry[t, i, f],
                Same(s.Holder[t, i, f], s.Type[t] == L1 | f != t)
                & Same(s.TypeHolder[t, i, f], (s.Type[t] == L1 & s.Writable[t, i]) | (IsUpper(t) & f != t))),
            (t, i, e, f) => $"{t.Frame}[{i}] says {e} and does not hold {f.Frame} accordingly"),
        new OfEntry<Bit, Word>(
            (t, i, f) => Implies(
                s.Holder[t, i, f] | s.TypeHolder[t, i, f],
                s.Audited[t, i] & s.Entry[t, i, f]),
            (t, i, e, f) => $"{t.Frame}[{i}] holds {f.Frame} and does not name it"));

    [Clause("I-TBITS")]
    public Invariant<Bit, Word> ReservedBits => new(
        "I-TBITS",
        Says: "No audited entry has a bit that guests may not set at its level, and no audited entry stands in a slot of Xen's.",
        Source: "L1_DISALLOW_MASK .. L4_DISALLOW_MASK, is_guest_l4_slot, xen/arch/x86/mm.c; broken by XSA-64, 148",
        new OfEntry<Bit, Word>(
            (t, i, f) => Implies(
                s.Audited[t, i],
                !s.Superpage[t, i] & !s.Cache[t, i] & !s.Reserved[t, i]
                & (!s.Global[t, i] | s.Type[t] == L1)
                & !(IsCompatRoot(t) & (s.NoExecute[t, i] | s.GuestKernel[t, i]))
                & !IsXens(t, i)),
            (t, i, e, f) => $"{t.Frame}[{i}], a live entry of {t.Type}, has {e.Flags}"));

    [Clause("I-TLINEAR")]
    public Invariant<Bit, Word> LinearTables => new(
        "I-TLINEAR",
        Says: "An entry that names a table of its own level is read-only and not in a 32-bit guest's root, and such references do not chain.",
        Source: "define_get_linear_pagetable, xen/arch/x86/mm.c; broken by XSA-182, 185, 240, 309",
        new OfEntry<Bit, Word>(
            (t, i, f) => Implies(
                s.Audited[t, i] & s.Entry[t, i, f] & IsUpper(t) & IsSameLevel(f, t),
                !s.Writable[t, i] & !IsCompatRoot(t) & (f == t | s.Linear[t, i, f])),
            (t, i, e, f) => $"{t.Frame}[{i}] maps {f.Frame} {(e.IsWritable ? "read-write" : "unnoticed")} while both are {f.Type}"),
        new OfEntry<Bit, Word>(
            (t, i, f) => Implies(
                s.Linear[t, i, f],
                s.TypeHolder[t, i, f] & IsSameLevel(f, t) & s.Linear.Empty(f, Every, Every)),
            (t, i, e, f) => $"{t.Frame}[{i}] names {f.Frame} of its own level, which names another"));

    [Clause("I-TPAE")]
    public Invariant<Bit, Word> CompatRoots => new(
        "I-TPAE",
        Says: "A 32-bit guest has no L4, and every established L3 of its names in its last slot a table that carries Xen's slots, "
            + "which no other L3 names.",
        Source: "promote_l3_table, pae_xen_mappings_check, mod_l3_entry, xen/arch/x86/mm.c; broken by no advisory",
        new OfFrame<Bit, Word>(
            f => Implies(s.Type[f] == L4, !s.Compat[s.Owner[f]])
                 & Implies(s.Type[f] == XenL2, s.Compat[s.Owner[f]] & !s.Pinned[f])
                 & Implies(IsCompatRoot(f) & s.Valid[f], s.FixedSlot.Within(s.Audited, f)),
            f => $"{f.Frame} of {f.Owner} is {f.Type}{(f.IsPinned ? ", pinned" : "")}, which no table of its domain can be as it stands"),
        new OfEntry<Bit, Word>(
            (t, i, f) => Implies(s.Audited[t, i] & s.Entry[t, i, f] & IsFixed(t, i), s.Type[f] == XenL2)
                         & Implies(
                             s.TypeHolder[t, i, f] & s.Type[f] == XenL2 & !s.Linear[t, i, f],
                             IsFixed(t, i) & s.TypeHolder.Only(t, i, f, beside: s.Linear)),
            (t, i, e, f) => $"{t.Frame}[{i}] names {f.Frame}, {f.Type}, and {(f.TypeCount > 1 ? "not it alone" : "that is no slot for it")}"))
    {
        IsOfCompat = true,
    };

    [Clause("I-TPART")]
    public Invariant<Bit, Word> PartialState => new(
        "I-TPART",
        Says: "A frame on the way into or out of its type is in the hands of exactly one vCPU, or was left half-way and is in nobody's, "
            + "an established page table is held by something, and only these two have audited entries.",
        Source: "PGT_partial, xen/arch/x86/include/asm/mm.h; broken by XSA-299, 309, 310",
        new OfFrame<Bit, Word>(
            f => Implies(
                     s.Partial[f],
                     NoPlaceHoldsType(f) & (s.Paused[f] | !(s.TakenType.Empty(Every, f) & s.LeavingType.Empty(Every, f))))
                 & Implies(s.Paused[f], s.Partial[f] & s.TakenType.Empty(Every, f) & s.LeavingType.Empty(Every, f))
                 & Implies(IsTable(f) & s.Valid[f], !NobodyHoldsType(f)),
            f => $"{f.Frame} is on its way into or out of {f.Type} and in no vCPU's hands, or is established and nothing holds it"),
        new OfVcpu<Bit, Word>(
            (v, f) => Implies(s.Partial[f] & s.TakenType[v, f], s.TakenType.Only(v, f) & s.LeavingType.Empty(Every, f))
                      & Implies(s.Partial[f] & s.LeavingType[v, f], s.LeavingType.Only(v, f) & s.TakenType.Empty(Every, f)),
            (v, f) => $"{v} is not alone in bringing {f.Frame} into {f.Type} or out of it"),
        new OfEntry<Bit, Word>(
            (t, i, f) => Implies(
                s.Audited[t, i],
                (s.Partial[t] | s.Valid[t]) & IsTable(t) & !s.Entry.Empty(t, i, Every)),
            (t, i, e, f) => $"{t.Frame}[{i}] is audited while {t.Frame} is no page table, or the slot is empty"))
    {
        IsBookkeeping = true,
    };

    [Clause("I-TRETYPE")]
    public Invariant<Bit, Word> RetypeOrder => new(
        "I-TRETYPE",
        Says: "A frame changes its type only while nothing holds it, "
            + "and nothing in it counts before every processor has flushed the writable translations of what it was.",
        Source: "_get_page_type, xen/arch/x86/mm.c; broken by XSA-241, 401",
        new OfFrame<Bit, Word>(
            f => Implies(s.Stale[f], s.Partial[f] & !s.Paused[f] & s.Audited.Empty(f, Every) & s.LeavingType.Empty(Every, f)),
            f => $"{f.Frame} is in use as {f.Type} before the flush"),
        new OfVcpu<Bit, Word>(
            (v, f) => Implies(s.CachedWrite[v, f], s.Type[f] == Data | s.Type[f] == Unused | s.Stale[f])
                      & Implies(s.TakenType[v, f] | s.LeavingType[v, f], s.Valid[f] | s.Partial[f]),
            (v, f) => $"{v} caches {f.Frame} writable, or holds it, and {f.Frame} became {f.Type}"),
        new OfEntry<Bit, Word>(
            (t, i, f) => Implies(
                s.TypeHolder[t, i, f],
                (s.Type[t] == L1 & s.Type[f] == Data)
                | IsBelow(s.Type[f], s.Type[t])
                | (IsUpper(t) & IsSameLevel(f, t))),
            (t, i, e, f) => $"{t.Frame}[{i}], an entry of {t.Type}, holds {f.Frame}, which became {f.Type}"));

    /// <summary>Guests must not write the frame.</summary>
    private Bit IsProtected(Word f) => IsTable(f) | s.Type[f] == DescriptorPage;
}
