using System.Runtime.CompilerServices;
using Model.Domains;

namespace Model.PageTypes;

/// <summary>The words that the small model's steps and invariants are written in.</summary>
public abstract class PageTypeVocabulary<State, Bit, Word, Relation, Map>(State state)
    : Logic<Bit, Word>
    where State : struct, IPageTypeState<Relation, Map>
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    /// <summary>The state that is spoken of.</summary>
    protected readonly State s = state;

    public Each<Word, Bit> Frames
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Sort.Frame, s.Frames);
    }

    public Each<Word, Bit> Slots
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Sort.Slot, s.Slots);
    }

    public Each<Word, Bit> Domains
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Sort.Domain, s.Domains);
    }

    protected static Word Zero => Word.Literal(Sort.Count, 0);

    protected static Word One => Word.Literal(Sort.Count, 1);

    protected static Word Unused => Word.Literal(Sort.Type, (int)PageUse.Unused);

    protected static Word Table => Word.Literal(Sort.Type, (int)PageUse.Table);

    protected static Word Data => Word.Literal(Sort.Type, (int)PageUse.Writable);

    /// <summary>Something holds the frame in its use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected Bit IsHeld(Word f) => s.Count[f] != Zero;

    /// <summary>The frame is in use as a page table: what its slots say is obeyed.</summary>
    [Clause("BM-1")]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bit IsLive(Word f) => s.Use[f] == Table & IsHeld(f);

    /// <summary>A slot of the frame names the target and grants writing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected Bit Writes(Word f, Word slot, Word target) => s.Entry[f, slot, target] & s.Writable[f, slot];
}
