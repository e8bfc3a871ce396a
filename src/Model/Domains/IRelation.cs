namespace Model.Domains;

/// <summary>A relation of one, two or three columns: read at a point, changed at a point, and asked a few named questions.</summary>
/// <remarks>
/// An absent word (<c>null</c>) in a column stands for every value. The named questions are the only quantifiers a step
/// may use: for a solver each is a "for all", for the concrete meaning a maintained number or the scan of one table.
/// </remarks>
public interface IRelation<Relation, Bit, Word>
    where Relation : IRelation<Relation, Bit, Word>
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
{
    Bit this[Word a] { get; }

    Bit this[Word a, Word b] { get; }

    Bit this[Word a, Word b, Word c] { get; }

    /// <summary>Where <paramref name="when"/> holds, the relation at the point becomes <paramref name="value"/>.</summary>
    void Assign(Bit when, Bit value, Word a);

    /// <inheritdoc cref="Assign(Bit, Bit, Word)"/>
    void Assign(Bit when, Bit value, Word a, Word? b);

    /// <inheritdoc cref="Assign(Bit, Bit, Word)"/>
    void Assign(Bit when, Bit value, Word a, Word? b, Word? c);

    /// <summary>Nothing is related at the columns given, whatever the other columns hold.</summary>
    Bit Empty(Word? a, Word? b);

    /// <inheritdoc cref="Empty(Word?, Word?)"/>
    Bit Empty(Word? a, Word? b, Word? c);

    /// <summary>Nothing but <paramref name="a"/> is related to <paramref name="b"/>.</summary>
    Bit Only(Word a, Word b);

    /// <summary>Nothing but <paramref name="a"/> and <paramref name="b"/> is related to <paramref name="c"/>, or <paramref name="beside"/> relates it too.</summary>
    Bit Only(Word a, Word b, Word c, Relation beside);

    /// <summary>
    /// Of three columns: whatever <paramref name="a"/> and a second are related to here, <paramref name="bound"/> relates them; of one
    /// column: whatever is related here, <paramref name="bound"/> relates <paramref name="a"/> to it.
    /// </summary>
    Bit Within(Relation bound, Word a);

    /// <summary>How many are related at the columns given.</summary>
    Word Count(Word? a, Word? b);

    /// <inheritdoc cref="Count(Word?, Word?)"/>
    Word Count(Word? a, Word? b, Word? c);

    /// <summary>An equal relation that changes on its own.</summary>
    Relation Copy();
}
