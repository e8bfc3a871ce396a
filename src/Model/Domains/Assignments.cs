using System.Runtime.CompilerServices;

namespace Model.Domains;

/// <summary>The two assignments that steps make nearly always.</summary>
public static class Assignments
{
    /// <summary>Where <paramref name="when"/> holds, the point becomes related.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set<Relation, Bit, Word>(this Relation relation, Bit when, Word a)
        where Relation : struct, IRelation<Relation, Bit, Word>
        where Bit : struct, IBit<Bit>
        where Word : struct, IWord<Word, Bit> => relation.Assign(when, Bit.Of(true), a);

    /// <inheritdoc cref="Set{Relation, Bit, Word}(Relation, Bit, Word)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set<Relation, Bit, Word>(this Relation relation, Bit when, Word a, Word b)
        where Relation : struct, IRelation<Relation, Bit, Word>
        where Bit : struct, IBit<Bit>
        where Word : struct, IWord<Word, Bit> => relation.Assign(when, Bit.Of(true), a, b);

    /// <inheritdoc cref="Set{Relation, Bit, Word}(Relation, Bit, Word)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set<Relation, Bit, Word>(this Relation relation, Bit when, Word a, Word b, Word c)
        where Relation : struct, IRelation<Relation, Bit, Word>
        where Bit : struct, IBit<Bit>
        where Word : struct, IWord<Word, Bit> => relation.Assign(when, Bit.Of(true), a, b, c);

    /// <summary>Where <paramref name="when"/> holds, nothing is related at the columns given any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear<Relation, Bit, Word>(this Relation relation, Bit when, Word a)
        where Relation : struct, IRelation<Relation, Bit, Word>
        where Bit : struct, IBit<Bit>
        where Word : struct, IWord<Word, Bit> => relation.Assign(when, Bit.Of(false), a);

    /// <inheritdoc cref="Clear{Relation, Bit, Word}(Relation, Bit, Word)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear<Relation, Bit, Word>(this Relation relation, Bit when, Word a, Word? b)
        where Relation : struct, IRelation<Relation, Bit, Word>
        where Bit : struct, IBit<Bit>
        where Word : struct, IWord<Word, Bit> => relation.Assign(when, Bit.Of(false), a, b);

    /// <inheritdoc cref="Clear{Relation, Bit, Word}(Relation, Bit, Word)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear<Relation, Bit, Word>(this Relation relation, Bit when, Word a, Word? b, Word? c)
        where Relation : struct, IRelation<Relation, Bit, Word>
        where Bit : struct, IBit<Bit>
        where Word : struct, IWord<Word, Bit> => relation.Assign(when, Bit.Of(false), a, b, c);
}
