using System.Runtime.CompilerServices;
using Model.Domains;

namespace Model.PageTypes;

/// <summary>What holds in every state of the small model, for every value of the words that each claim takes.</summary>
/// <remarks>Claims ask none of the predicates that steps alone ask, so that a step which asks wrongly is found out.</remarks>
public sealed class PageTypeInvariants<State, Bit, Word, Relation, Map>(State state)
    : PageTypeVocabulary<State, Bit, Word, Relation, Map>(state)
    where State : struct, IPageTypeState<Relation, Map>
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    /// <summary>No processor caches a writable translation of a live page table.</summary>
    [Clause("BM-13")]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageTypeClaim<Bit> NoWritableTable(Word d, Word f)
    {
        Bit cached = s.Cached[d, f];
        return new(cached, !cached || !IsLive(f));
    }

    /// <summary>What a processor caches is its domain's.</summary>
    [Clause("BM-14")]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageTypeClaim<Bit> CachedIsOwned(Word d, Word f)
    {
        Bit cached = s.Cached[d, f];
        return new(cached, !cached || s.Owner[f] == d);
    }

    /// <summary>A root is a live page table of its domain.</summary>
    [Clause("BM-15")]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageTypeClaim<Bit> RootIsLive(Word d, Word f)
    {
        Bit root = s.Root[d, f];
        return new(root, !root || (IsLive(f) && s.Owner[f] == d));
    }

    /// <summary>An entry of a live table names a frame of the table's owner, and one that grants writing a frame counted writable.</summary>
    [Clause("BM-16")]
    public PageTypeClaim<Bit> EntryIsSound(Word table, Word slot, Word target)
    {
        Bit live = IsLive(table) && s.Entry[table, slot, target];
        return new(
            live,
            !live
            || (s.Owner[target] == s.Owner[table]
                && (!s.Writable[table, slot] || (s.Use[target] == Data && IsHeld(target)))));
    }

    /// <summary>There is something to say of what the slot names.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bit IsObeyed(Word table, Word slot) => IsLive(table) && !s.Entry.Empty(table, slot, Every);

    /// <summary>A frame's count is the number of those who hold it in its use.</summary>
    [Clause("BM-17")]
    public PageTypeClaim<Bit> CountIsExact(Word f)
    {
        Bit table = s.Use[f] == Table;
        return new(
            IsHeld(f),
            (table && s.Count[f] == Word.One(s.Pinned[f]) + s.Root.Count(Every, f))
            || (!table && s.Count[f] == WritableEntries(f)));
    }

    /// <summary>How many entries of live tables let a guest write the frame.</summary>
    private Word WritableEntries(Word f)
    {
        Word count = Zero;
        foreach (Word table in Frames)
        {
            Bit live = IsLive(table);
            if (live.Never) continue;
            foreach (Word slot in Slots) count += Word.One(live & Writes(table, slot, f));
        }

        return count;
    }
}

/// <summary>An invariant at a point.</summary>
/// <param name="Speaks">what it speaks of is there</param>
/// <param name="Holds">it is true there</param>
public readonly record struct PageTypeClaim<Bit>(Bit Speaks, Bit Holds);
