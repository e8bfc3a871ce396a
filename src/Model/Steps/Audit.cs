using Model.Domains;
using Model.State;

namespace Model.Steps;

/// <summary>What an entry of a live page table may say. Auditing a table and changing one entry ask the same questions.</summary>
public partial class Steps<Bit, Word, Relation, Map>
{
    /// <summary>An audit would admit the entry as it is offered, with its target as it is now.</summary>
    public Bit Admits(Word table, Word slot, Content<Bit, Word> e) =>
        (s.Type[table] == L1 & MayMap(table, e))
        | MayLink(table, slot, e)
        | MayLinkItself(table, slot, e)
        | MayLinkSibling(table, slot, e);

    /// <summary>A leaf entry may map its target.</summary>
    [Clause("PT-6")]
    protected Bit MayMap(Word table, Content<Bit, Word> e) =>
        HasLawfulBits(table, e)                                                              // PT-6.a
        & MayReach(table, e.Target)                                                          // PT-6.b
        & (!e.Writable | MayWrite(e.Target));                                                // PT-6.c

    /// <summary>An entry of an upper table may name a table of the level below.</summary>
    [Clause("PT-7")]
    protected Bit MayLink(Word table, Word slot, Content<Bit, Word> e) =>
        IsUpper(table)
        & !IsXens(table, slot)                                                               // PT-7.a
        & HasLawfulBits(table, e)                                                            // PT-7.b
        & MayReach(table, e.Target)                                                          // PT-7.c
        & IsBelow(s.Type[e.Target], s.Type[table])                                           // PT-7.d
        & s.Valid[e.Target]                                                                  // PT-7.e
        & Same(IsFixed(table, slot), s.Type[e.Target] == XenL2)                              // PT-7.f
        & !(IsFixed(table, slot) & !MayCarryXen(e.Target));                                 // PT-7.g

    /// <summary>An entry of an upper table may name the table itself.</summary>
    [Clause("PT-8")]
    protected Bit MayLinkItself(Word table, Word slot, Content<Bit, Word> e) =>
        IsUpper(table)
        & !IsXens(table, slot)
        & HasLawfulBits(table, e)
        & e.Target == table
        & IsReadOnly(e)                                                                      // PT-8.a
        & MayBeLinear(table);                                                                // PT-8.e

    /// <summary>An entry of an upper table may name another table of its own level.</summary>
    [Clause("PT-8")]
    protected Bit MayLinkSibling(Word table, Word slot, Content<Bit, Word> e) =>
        IsUpper(table)
        & !IsXens(table, slot)
        & HasLawfulBits(table, e)
        & e.Target != table
        & IsReadOnly(e)                                                                      // PT-8.a
        & MayReach(table, e.Target)                                                          // PT-8.b
        & IsSameLevel(e.Target, table)
        & s.Valid[e.Target]                                                                  // PT-8.c
        & EndsHere(table, e.Target)                                                          // PT-8.d
        & MayBeLinear(table);                                                                // PT-8.e

    /// <summary>No bit is set that guests may not set at this level.</summary>
    [Clause("PT-6.a")]
    protected internal virtual Bit HasLawfulBits(Word table, Content<Bit, Word> e) =>
        !e.Superpage
        & !e.Cache
        & !e.Reserved
        & (!e.Global | s.Type[table] == L1)
        & !(IsCompatRoot(table) & (e.NoExecute | e.GuestKernel));

    /// <summary>The table's domain owns the target.</summary>
    [Clause("PT-6.b")]
    protected internal virtual Bit MayReach(Word table, Word target) => s.Owner[target] == s.Owner[table];

    /// <summary>The target is established as a page that guests write.</summary>
    [Clause("PT-6.c")]
    protected virtual Bit MayWrite(Word target) => s.Type[target] == Data & s.Valid[target];

    /// <summary>No entry names the target yet: Xen's slots in it are one root's.</summary>
    [Clause("PT-7.g")]
    protected virtual Bit MayCarryXen(Word target) => NoPlaceHoldsType(target);

    /// <summary>A table whose entries Xen makes writable names none of its own level.</summary>
    [Clause("PT-8.e")]
    protected virtual Bit MayBeLinear(Word table) => !IsCompatRoot(table);

    /// <summary>A same-level reference conveys no write access.</summary>
    [Clause("PT-8.a")]
    protected virtual Bit IsReadOnly(Content<Bit, Word> e) => !e.Writable;

    /// <summary>Same-level references do not chain: the target has none, and nobody refers so to the table.</summary>
    [Clause("PT-8.d")]
    protected virtual Bit EndsHere(Word table, Word target) =>
        s.Linear.Empty(target, Every, Every)
        & s.Linear.Empty(Every, Every, table);

    /// <summary>Old and new entry differ in nothing that an audit looks at.</summary>
    [Clause("PT-18")]
    protected internal virtual Bit IsSameMapping(Content<Bit, Word> was, Content<Bit, Word> e) =>
        Same(was.Writable, e.Writable)                                                       // PT-18.c
        & Same(was.Superpage, e.Superpage)
        & Same(was.Cache, e.Cache)
        & Same(was.Reserved, e.Reserved);
}
