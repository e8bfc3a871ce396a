using Model.Domains;
using Model.State;

namespace Model.Steps;

/// <summary>Entries of live tables and of ordinary memory, one at a time.</summary>
public partial class Steps<Bit, Word, Relation, Map>
{
    /// <summary>What a slot says of a target that it names.</summary>
    public Content<Bit, Word> Read(Word table, Word slot, Word target) => new(
        Present: s.Entry[table, slot, target],
        Target: target,
        Writable: s.Writable[table, slot],
        User: s.User[table, slot],
        Superpage: s.Superpage[table, slot],
        Cache: s.Cache[table, slot],
        Reserved: s.Reserved[table, slot],
        Global: s.Global[table, slot],
        NoExecute: s.NoExecute[table, slot],
        Accessed: s.Accessed[table, slot],
        Dirty: s.Dirty[table, slot],
        GuestKernel: s.GuestKernel[table, slot],
        Available: s.Available[table, slot]);

    /// <summary>Take an entry out of a live table: what it held is dropped, or leaves with the vCPU.</summary>
    [Clause("PT-16")]
    public virtual Bit ClearEntry(Word v, Word table, Word slot, Word target)
    {
        Bit may = MayEdit(v, table, slot)                     // PT-16.a
                & s.Entry[table, slot, target]
                & s.Audited[table, slot]
                & (!HoldsTable(table, slot, target) | !s.Leaving[v, target]);     // PT-16.b

        Unhold(may, v, table, slot, target);
        s.Entry.Clear(may, table, slot, target);
        return may;
    }

    /// <summary>Put an entry into an empty slot of a live leaf table, as an audit would admit it.</summary>
    [Clause("PT-17")]
    public virtual Bit SetLeaf(Word v, Word table, Word slot, Content<Bit, Word> e)
    {
        Bit may = MayPut(v, table, slot, e)
                & s.Type[table] == L1
                & MayMap(table, e);                           // PT-6

        Write(may, table, slot, e);
        Hold(may, table, slot, e.Target, inType: e.Writable);
        Adjust(may, table, slot, e);
        return may;
    }

    /// <summary>Put an entry into an empty slot of a live upper table, as an audit would admit it.</summary>
    [Clause("PT-17")]
    public virtual Bit SetUpper(Word v, Word table, Word slot, Content<Bit, Word> e)
    {
        Bit may = MayPut(v, table, slot, e)
                & MayLink(table, slot, e);                    // PT-7

        Write(may, table, slot, e);
        Hold(may, table, slot, e.Target, inType: True);
        Adjust(may, table, slot, e);
        return may;
    }

    /// <summary>Put a read-only entry that names the table itself into an empty slot of a live upper table.</summary>
    [Clause("PT-17")]
    public virtual Bit SetOwnLinear(Word v, Word table, Word slot, Content<Bit, Word> e)
    {
        Bit may = MayPut(v, table, slot, e)
                & MayLinkItself(table, slot, e);              // PT-8

        Write(may, table, slot, e);
        s.Audited.Set(may, table, slot);
        Adjust(may, table, slot, e);
        return may;
    }

    /// <summary>Put a read-only entry that names another table of the same level into an empty slot of a live upper table.</summary>
    [Clause("PT-17")]
    public virtual Bit SetSiblingLinear(Word v, Word table, Word slot, Content<Bit, Word> e)
    {
        Bit may = MayPut(v, table, slot, e)
                & MayLinkSibling(table, slot, e);             // PT-8

        Write(may, table, slot, e);
        Hold(may, table, slot, e.Target, inType: True);
        s.Linear.Set(may, table, slot, e.Target);
        Adjust(may, table, slot, e);
        return may;
    }

    /// <summary>Change bits of a live entry that no audit looks at, without one: the fast path.</summary>
    [Clause("PT-18")]
    public virtual Bit EditInPlace(Word v, Word table, Word slot, Content<Bit, Word> e)
    {
        Bit may = MayEdit(v, table, slot)                     // PT-18.a
                & e.Present
                & s.Entry[table, slot, e.Target]              // PT-18.b
                & s.Audited[table, slot]
                & HasLawfulBits(table, e)
                & IsSameMapping(Read(table, slot, e.Target), e);              // PT-18.c

        Write(may, table, slot, e);
        Adjust(may, table, slot, e);
        return may;
    }

    /// <summary>The entry to write in the place of another so that accessed and dirty bits set meanwhile are not lost.</summary>
    [Clause("PT-19")]
    public Content<Bit, Word> Preserving(Word table, Word slot, Content<Bit, Word> e) => e with
    {
        Accessed = e.Accessed | (s.Accessed[table, slot] & !s.Entry.Empty(table, slot, Every)),
        Dirty = e.Dirty | (s.Dirty[table, slot] & !s.Entry.Empty(table, slot, Every)),
    };

    /// <summary>Write an entry into a page that guests may write; it means nothing yet.</summary>
    [Clause("PT-20")]
    public virtual Bit WriteData(Word v, Word f, Word slot, Content<Bit, Word> e)
    {
        Bit may = s.TakenType[v, f]                           // PT-20.a
                & s.Type[f] == Data
                & s.Valid[f];

        Write(may, f, slot, e);
        return may;
    }

    /// <summary>Xen, or the builder of the domain, writes a slot of a frame that is no live table.</summary>
    [Clause("PT-20")]
    public virtual Bit Load(Word f, Word slot, Content<Bit, Word> e)
    {
        Bit may = s.Audited.Empty(f, Every)                   // PT-20.b
                & (!IsTable(f) | !s.Valid[f]);

        Write(may, f, slot, e);
        return may;
    }

    /// <summary>A guest writes a slot of a frame through a writable translation that its processor holds.</summary>
    [Clause("TLB-5")]
    public virtual Bit Store(Word v, Word f, Word slot, Content<Bit, Word> e)
    {
        Bit may = s.CachedWrite[v, f];                        // TLB-5.a

        Write(may, f, slot, e);
        return may;
    }

    /// <summary>The table is live, the caller's, and the slot is not Xen's.</summary>
    [Clause("PT-16.a")]
    protected virtual Bit MayEdit(Word v, Word table, Word slot) =>
        s.Owner[table] == s.Home[v]
        & IsTable(table)
        & s.Valid[table]
        & !IsXens(table, slot)
        & !IsFixed(table, slot);                              // PT-16.c

    /// <summary>The slot is one that the caller may edit, and it is empty.</summary>
    [Clause("PT-17")]
    protected Bit MayPut(Word v, Word table, Word slot, Content<Bit, Word> e) =>
        MayEdit(v, table, slot)                               // PT-17.a
        & s.Entry.Empty(table, slot, Every)                   // PT-17.b
        & e.Present;

    /// <summary>The slot says exactly this.</summary>
    protected internal void Write(Bit when, Word table, Word slot, Content<Bit, Word> e)
    {
        s.Written.Set(when, table);
        s.Entry.Clear(when, table, slot, Every);
        s.Entry.Set(when & e.Present, table, slot, e.Target);
        s.Writable.Assign(when, e.Writable, table, slot);
        s.User.Assign(when, e.User, table, slot);
        s.Superpage.Assign(when, e.Superpage, table, slot);
        s.Cache.Assign(when, e.Cache, table, slot);
        s.Reserved.Assign(when, e.Reserved, table, slot);
        s.Global.Assign(when, e.Global, table, slot);
        s.NoExecute.Assign(when, e.NoExecute, table, slot);
        s.Accessed.Assign(when, e.Accessed, table, slot);
        s.Dirty.Assign(when, e.Dirty, table, slot);
        s.GuestKernel.Assign(when, e.GuestKernel, table, slot);
        s.Available.Assign(when, e.Available, table, slot);
    }

    /// <summary>A live entry of a 64-bit guest is always a user entry; in a leaf Xen notes whether the guest's kernel wanted it so.</summary>
    /// <remarks>A 32-bit guest has its own rings and its own U/S; only what hardware does not know of a four-entry root is set for it.</remarks>
    [Clause("PT-21")]
    private void Adjust(Bit when, Word table, Word slot, Content<Bit, Word> e)
    {
        Bit compat = s.Compat[s.Owner[table]], leaf = s.Type[table] == L1 & !compat;

        s.GuestKernel.Assign(when & leaf & !e.User, True, table, slot);                      // PT-21.a
        s.Global.Assign(when & leaf & e.User & !e.GuestKernel, True, table, slot);           // PT-21.b
        s.Accessed.Assign(when & s.Type[table] == L4, True, table, slot);                    // PT-21.c
        s.User.Assign(when & (!compat | s.Type[table] == L3), True, table, slot);            // PT-21.d
        s.Writable.Assign(when & IsCompatRoot(table), True, table, slot);                    // PT-21.e
    }

    /// <summary>What was set for hardware's sake goes with the audit.</summary>
    [Clause("PT-21")]
    private void Unadjust(Bit when, Word table, Word slot)
    {
        Bit root = when & IsCompatRoot(table);                                               // PT-21.f

        s.User.Clear(root, table, slot);
        s.Writable.Clear(root, table, slot);
        s.Accessed.Clear(root, table, slot);
    }
}
