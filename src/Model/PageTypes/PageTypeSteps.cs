using System.Runtime.CompilerServices;
using Model.Domains;

namespace Model.PageTypes;

/// <summary>What can happen in the small model: guards, then updates, and what is not named is unchanged.</summary>
/// <remarks>
/// Every step returns its guard; where the guard is false the step changes nothing. No step leaves the state as it was. The
/// loops run over the frames or slots of the scope and are no part of the meaning: each stands for the bits written out.
/// </remarks>
public class PageTypeSteps<State, Bit, Word, Relation, Map>(State state)
    : PageTypeVocabulary<State, Bit, Word, Relation, Map>(state)
    where State : struct, IPageTypeState<Relation, Map>
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    /// <summary>Pin a frame as a page table of its owner.</summary>
    [Clause("BM-4")]
    public Bit Pin(Word f)
    {
        Bit may = !s.Pinned[f]                                // BM-4.a
               && CanAcquire(f);                              // BM-2
        if (may.Never) return may;

        Acquire(may, f);
        s.Pinned.Set(may, f);
        return may;
    }

    /// <summary>Give up the pin of a page table.</summary>
    [Clause("BM-5")]
    public Bit Unpin(Word f)
    {
        Bit may = s.Pinned[f];                                // BM-5.a
        if (may.Never) return may;

        s.Pinned.Clear(may, f);
        Release(may, f);
        return may;
    }

    /// <summary>The owner of a frame runs on it from now on, and its processor forgets what it cached.</summary>
    [Clause("BM-6")]
    public Bit SetRoot(Word d, Word f)
    {
        Bit may = s.Owner[f] == d                             // BM-6.a
               && !s.Root[d, f]                               // BM-6.b
               && CanAcquire(f);                              // BM-2
        if (may.Never) return may;

        Acquire(may, f);
        foreach (Word former in Frames)
        {
            Bit leaves = may & s.Root[d, former];
            if (!leaves.Never) Release(leaves, former);
        }

        s.Root.Clear(may, d, Every);
        s.Root.Set(may, d, f);
        s.Cached.Clear(may, d, Every);
        return may;
    }

    /// <summary>Have an entry of a page table changed.</summary>
    [Clause("BM-7")]
    public Bit Update(Word table, Word slot, Mapping<Bit, Word> entry)
    {
        Bit may = IsLive(table)                               // BM-7.a
                & !Says(table, slot, entry)                   // BM-7.b
                & (!entry.Present                             // BM-7.c
                   | (IsOfSameOwner(table, entry.Target)
                      & (!entry.Writable | CanBeWritten(entry.Target))));
        if (may.Never) return may;

        Bit drops = may & s.Writable[table, slot];
        if (!drops.Never)
        {
            foreach (Word former in Frames) Discount(drops & s.Entry[table, slot, former], former);
        }

        CountWritable(may & entry.Writable, entry.Target);
        Write(may, table, slot, entry);
        return may;
    }

    /// <summary>A frame that nothing holds goes over to the other domain.</summary>
    [Clause("BM-8")]
    public Bit Transfer(Word f)
    {
        Bit may = !IsHeld(f)                                  // BM-8.a
               && IsUnmapped(f);                              // BM-8.b
        if (may.Never) return may;

        Bit isFirsts = s.Owner[f] == Word.Literal(Sort.Domain, 0);
        s.Owner.Assign(may & isFirsts, f, Word.Literal(Sort.Domain, 1));
        s.Owner.Assign(may & !isFirsts, f, Word.Literal(Sort.Domain, 0));
        s.Use.Assign(may, f, Unused);
        Forget(may, f);
        return may;
    }

    /// <summary>A processor caches a writable translation that its root grants.</summary>
    [Clause("BM-9")]
    public Bit Fill(Word d, Word f)
    {
        Bit may = Runs(d)
               && !s.Cached[d, f]                             // BM-9.a
               && IsReached(d, f);                            // BM-9.b
        if (may.Never) return may;

        s.Cached.Set(may, d, f);
        return may;
    }

    /// <summary>A processor forgets what it cached.</summary>
    [Clause("BM-10")]
    public Bit Flush(Word d)
    {
        Bit may = !s.Cached.Empty(d, Every);                  // BM-10.a

        s.Cached.Clear(may, d, Every);
        return may;
    }

    /// <summary>A guest writes a slot of a frame that its processor caches writable, whatever the frame is.</summary>
    [Clause("BM-11")]
    public Bit Store(Word d, Word f, Word slot, Mapping<Bit, Word> entry)
    {
        Bit may = CanStore(d, f)
                & !Says(f, slot, entry);                      // BM-11.b
        if (may.Never) return may;

        Write(may, f, slot, entry);
        return may;
    }

    /// <summary>The two frames have one owner.</summary>
    [Clause("BM-2.a")]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bit IsOfSameOwner(Word f, Word other) => s.Owner[f] == s.Owner[other];

    /// <summary>The domain has a root.</summary>
    [Clause("BM-9.b")]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bit Runs(Word d) => !s.Root.Empty(d, Every);

    /// <summary>The domain's processor would let it write the frame.</summary>
    [Clause("BM-11.a")]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bit CanStore(Word d, Word f) => s.Cached[d, f];

    /// <summary>The frame is a page table already, or can become one.</summary>
    [Clause("BM-2")]
    private Bit CanAcquire(Word f)
    {
        Bit held = IsHeld(f);
        return (held & s.Use[f] == Table) || (!held && IsSound(f));
    }

    /// <summary>Whatever the frame's slots say may be granted.</summary>
    [Clause("BM-2")]
    private Bit IsSound(Word f)
    {
        Bit sound = True;
        foreach (Word slot in Slots)
        {
            Bit names = !s.Entry.Empty(f, slot, Every);
            if (names.Never) continue;
            foreach (Word target in Frames)
            {
                sound &= !s.Entry[f, slot, target]
                      || (IsOfSameOwner(f, target)                                                // BM-2.a
                         & (!s.Writable[f, slot] | (target != f & CanBeWritten(target))));    // BM-2.b
            }
        }

        return sound;
    }

    /// <summary>Nothing holds the frame in another use than to be written.</summary>
    [Clause("BM-2.b")]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Bit CanBeWritten(Word f) => s.Use[f] == Data | !IsHeld(f);

    /// <summary>No live table names the frame.</summary>
    [Clause("BM-8.b")]
    private Bit IsUnmapped(Word f)
    {
        Bit unmapped = True;
        foreach (Word table in Frames)
        {
            Bit live = IsLive(table);
            if (live.Never) continue;
            foreach (Word slot in Slots) unmapped &= !live | !s.Entry[table, slot, f];
        }

        return unmapped;
    }

    /// <summary>The root that the domain runs on lets it write the frame.</summary>
    [Clause("BM-9.b")]
    private Bit IsReached(Word d, Word f)
    {
        Bit reached = False;
        foreach (Word root in Frames)
        {
            Bit runs = s.Root[d, root];
            if (runs.Never) continue;
            foreach (Word slot in Slots) reached |= runs & Writes(root, slot, f);
        }

        return reached;
    }

    /// <summary>The slot says just that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Bit Says(Word f, Word slot, Mapping<Bit, Word> entry) =>
        (entry.Present & s.Entry[f, slot, entry.Target] & Same(s.Writable[f, slot], entry.Writable))
        | (!entry.Present & s.Entry.Empty(f, slot, Every));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write(Bit when, Word f, Word slot, Mapping<Bit, Word> entry)
    {
        s.Entry.Clear(when, f, slot, Every);
        s.Entry.Set(when & entry.Present, f, slot, entry.Target);
        s.Writable.Assign(when, entry.Writable, f, slot);
    }

    /// <summary>One more holds the frame as a page table; the first makes it one.</summary>
    [Clause("BM-2")]
    private void Acquire(Bit when, Word f)
    {
        Bit first = when & !IsHeld(f);
        s.Count.Assign(when, f, s.Count[f] + One);
        if (first.Never) return;

        foreach (Word slot in Slots)
        {
            Bit grants = first & s.Writable[f, slot];
            if (grants.Never) continue;
            foreach (Word target in Frames) CountWritable(grants & s.Entry[f, slot, target], target);
        }

        s.Use.Assign(first, f, Table);
        Forget(first, f);
    }

    /// <summary>One fewer holds the page table; with the last go the references that its entries hold.</summary>
    [Clause("BM-3")]
    private void Release(Bit when, Word f)
    {
        s.Count.Assign(when, f, s.Count[f] - One);
        Bit last = when & !IsHeld(f);
        if (last.Never) return;

        foreach (Word slot in Slots)
        {
            Bit grants = last & s.Writable[f, slot];
            if (grants.Never) continue;
            foreach (Word target in Frames) Discount(grants & s.Entry[f, slot, target], target);
        }
    }

    /// <summary>One more entry holds the frame to be written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountWritable(Bit when, Word f)
    {
        s.Use.Assign(when, f, Data);
        s.Count.Assign(when, f, s.Count[f] + One);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Discount(Bit when, Word f) => s.Count.Assign(when, f, s.Count[f] - One);

    /// <summary>No processor caches the frame any more: what it was cached as is over.</summary>
    [Clause("BM-12")]
    protected virtual void Forget(Bit when, Word f)
    {
        foreach (Word d in Domains) s.Cached.Clear(when & s.Cached[d, f], d, f);
    }
}
