using Model.Domains;

namespace Model.Steps;

/// <summary>How a frame comes into a type: begin, flush, audit every entry, finish; or undo what was audited and abort.</summary>
public partial class Steps<Bit, Word, Relation, Map>
{
    /// <summary>Take the first type reference to a frame: from here on every other type is shut out.</summary>
    [Clause("PT-4")]
    public virtual Bit Begin(Word v, Word f, Word type)
    {
        Bit may = s.Taken[v, f]                               // PT-4.a
                & !s.TakenType[v, f]
                & type != Unused
                & (s.Type[f] != type | !s.Valid[f])           // PT-4.b
                & MayRetype(f)                                // PT-4.c
                & (type != L4 | !s.Compat[s.Owner[f]])        // PT-4.d
                & (type != XenL2 | s.Compat[s.Owner[f]]);     // PT-4.e

        s.Stale.Assign(may, NeedsFlush(f, type), f);
        s.Type.Assign(may, f, type);
        s.Valid.Clear(may, f);
        s.Partial.Set(may, f);
        s.TakenType.Set(may, v, f);
        CountType(may, f);
        return may;
    }

    /// <summary>Every processor has flushed: nobody can write the frame through what it was before.</summary>
    [Clause("TLB-4")]
    public virtual Bit Settle(Word v, Word f)
    {
        Bit may = Establishes(v, f)                           // TLB-4.a
                & s.Stale[f]
                & MaySettle(f);                               // TLB-4.b

        s.Stale.Clear(may, f);
        return may;
    }

    /// <summary>Audit one entry of a leaf table under validation, and hold what it maps.</summary>
    [Clause("PT-5")]
    public virtual Bit AuditLeaf(Word v, Word table, Word slot, Word target)
    {
        var entry = Read(table, slot, target);
        Bit may = MayAudit(v, table, slot, target)
                & s.Type[table] == L1
                & MayMap(table, entry);                       // PT-6

        Hold(may, table, slot, target, inType: entry.Writable);
        Adjust(may, table, slot, entry);
        return may;
    }

    /// <summary>Audit one entry of an upper table under validation, and hold the table it names.</summary>
    [Clause("PT-5")]
    public virtual Bit AuditUpper(Word v, Word table, Word slot, Word target)
    {
        var entry = Read(table, slot, target);
        Bit may = MayAudit(v, table, slot, target)
                & MayLink(table, slot, entry);                // PT-7

        Hold(may, table, slot, target, inType: True);
        Adjust(may, table, slot, entry);
        return may;
    }

    /// <summary>Audit one entry of an upper table under validation that names the table itself, read-only: nothing is held.</summary>
    [Clause("PT-5")]
    public virtual Bit AuditOwnLinear(Word v, Word table, Word slot)
    {
        var entry = Read(table, slot, table);
        Bit may = MayAudit(v, table, slot, table)
                & MayLinkItself(table, slot, entry);          // PT-8

        s.Audited.Set(may, table, slot);
        Adjust(may, table, slot, entry);
        return may;
    }

    /// <summary>Audit one entry of an upper table under validation that names another of its level, read-only.</summary>
    [Clause("PT-5")]
    public virtual Bit AuditSiblingLinear(Word v, Word table, Word slot, Word target)
    {
        var entry = Read(table, slot, target);
        Bit may = MayAudit(v, table, slot, target)
                & MayLinkSibling(table, slot, entry);         // PT-8

        Hold(may, table, slot, target, inType: True);
        s.Linear.Set(may, table, slot, target);
        Adjust(may, table, slot, entry);
        return may;
    }

    /// <summary>Xen takes its own slots of a table under validation, whatever the guest left there.</summary>
    [Clause("PT-14")]
    public virtual Bit ClaimXenSlot(Word v, Word table, Word slot)
    {
        Bit may = Establishes(v, table)
                & !s.Stale[table]
                & IsXens(table, slot);

        s.Entry.Clear(may, table, slot, Every);
        return may;
    }

    /// <summary>Every entry is audited: the frame is established in its type.</summary>
    /// <param name="lawful">of a descriptor page: every descriptor in it is one that a guest may have</param>
    [Clause("PT-12")]
    public virtual Bit Finish(Word v, Word f, Bit lawful)
    {
        Bit may = Establishes(v, f)                           // PT-12.a
                & !s.Stale[f]                                 // PT-12.b
                & (!IsTable(f) | MayFinish(f))                // PT-12.c
                & (s.Type[f] != DescriptorPage | lawful);     // PT-12.d

        s.Partial.Clear(may, f);
        s.Valid.Set(may, f);
        return may;
    }

    /// <summary>Take back the audit of one entry: what it held is dropped, or leaves.</summary>
    [Clause("PT-13")]
    public virtual Bit UndoEntry(Word v, Word table, Word slot, Word target)
    {
        Bit may = (Establishes(v, table) | TakesDown(v, table))               // PT-13.a
                & s.Audited[table, slot]                                      // PT-13.b
                & s.Entry[table, slot, target]
                & (!HoldsTable(table, slot, target) | !s.Leaving[v, target]);

        Unhold(may, v, table, slot, target);
        Unadjust(may, table, slot);
        return may;
    }

    /// <summary>Nothing is audited any more: the frame is in no type, and the caller's type reference is gone.</summary>
    [Clause("PT-13"), Clause("D-3")]
    public virtual Bit Abort(Word v, Word f)
    {
        Bit may = Establishes(v, f)
                & MayAbort(f);                                // PT-13.c

        s.Partial.Clear(may, f);
        s.Stale.Clear(may, f);
        s.Type.Assign(may, f, Unused);
        s.TakenType.Clear(may, v, f);
        DiscountType(may, f);
        return may;
    }

    /// <summary>The last type reference to a table is leaving: begin to take the table down.</summary>
    [Clause("PT-15")]
    public virtual Bit BeginDevalidate(Word v, Word f)
    {
        Bit may = s.LeavingType[v, f]                         // PT-15.a
                & s.Valid[f]
                & IsTable(f)
                & HoldsTypeLast(v, f);                        // PT-15.b

        s.Valid.Clear(may, f);
        s.Partial.Set(may, f);
        return may;
    }

    /// <summary>Nothing is audited any more: the last type reference goes with the table.</summary>
    [Clause("PT-15")]
    public virtual Bit Devalidate(Word v, Word f)
    {
        Bit may = TakesDown(v, f)
                & s.Audited.Empty(f, Every);                  // PT-15.c

        s.Partial.Clear(may, f);
        s.Type.Assign(may & s.Type[f] == XenL2, f, L2);       // PT-15.d
        s.LeavingType.Clear(may, v, f);
        s.Leaving.Clear(may, v, f);
        DiscountType(may, f);
        Discount(may, f);
        return may;
    }

    /// <summary>The entry is there, and its audit is due and this vCPU's to do.</summary>
    [Clause("PT-5")]
    protected Bit MayAudit(Word v, Word table, Word slot, Word target) =>
        Establishes(v, table)                                 // PT-5.a
        & !s.Stale[table]                                     // PT-5.b
        & !s.Audited[table, slot]                             // PT-5.c
        & s.Entry[table, slot, target];

    /// <summary>The entry holds a table, which must leave with a vCPU when the entry goes.</summary>
    protected internal Bit HoldsTable(Word table, Word slot, Word target) => IsUpper(table) & s.Holder[table, slot, target];

    /// <summary>The vCPU is establishing the frame in its type.</summary>
    protected Bit Establishes(Word v, Word f) => s.Partial[f] & s.TakenType[v, f];

    /// <summary>The vCPU is taking the frame out of its type.</summary>
    protected Bit TakesDown(Word v, Word f) => s.Partial[f] & s.LeavingType[v, f];

    /// <summary>Nothing holds the frame in the type it had.</summary>
    [Clause("PT-4.c")]
    protected virtual Bit MayRetype(Word f) => NobodyHoldsType(f);

    /// <summary>What processors cached under the former type must be flushed before the new one counts.</summary>
    [Clause("TLB-4")]
    protected virtual Bit NeedsFlush(Word f, Word type) => s.Type[f] != type;

    /// <summary>No processor holds a writable translation of the frame.</summary>
    [Clause("TLB-4.b")]
    protected virtual Bit MaySettle(Word f) => s.CachedWrite.Empty(Every, f);

    /// <summary>Every present entry is audited, and of a 32-bit root the one that must be there.</summary>
    [Clause("PT-12.c")]
    protected virtual Bit MayFinish(Word f) =>
        s.Entry.Within(s.Audited, f)
        & (!IsCompatRoot(f) | s.FixedSlot.Within(s.Audited, f));              // PT-12.e

    /// <summary>No entry is audited any more.</summary>
    [Clause("PT-13.c")]
    protected virtual Bit MayAbort(Word f) => s.Audited.Empty(f, Every);

    /// <summary>The entry becomes audited, and holds its target.</summary>
    private void Hold(Bit when, Word table, Word slot, Word target, Bit inType)
    {
        s.Holder.Set(when, table, slot, target);
        s.TypeHolder.Set(when & inType, table, slot, target);
        s.Audited.Set(when, table, slot);
        Count(when, target);
        CountType(when & inType, target);
    }

    /// <summary>The entry is audited no more. What it held is dropped, or leaves with the vCPU if it is a table.</summary>
    private void Unhold(Bit when, Word v, Word table, Word slot, Word target)
    {
        Bit leaves = when & HoldsTable(table, slot, target);
        Bit dropped = when & s.Holder[table, slot, target] & !IsUpper(table);
        Bit droppedInType = when & s.TypeHolder[table, slot, target] & !IsUpper(table);

        s.Leaving.Set(leaves, v, target);
        s.LeavingType.Set(leaves, v, target);
        Discount(dropped, target);
        DiscountType(droppedInType, target);
        s.Holder.Clear(when, table, slot, target);
        s.TypeHolder.Clear(when, table, slot, target);
        s.Linear.Clear(when, table, slot, target);
        s.Audited.Clear(when, table, slot);
    }
}
