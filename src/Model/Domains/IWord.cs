namespace Model.Domains;

/// <summary>A value of some <see cref="Sort"/>: a number, or a term of a solver.</summary>
public interface IWord<Word, Bit>
    where Word : struct, IWord<Word, Bit>
    where Bit : struct, IBit<Bit>
{
    /// <summary>A constant of a sort: a page type, "nobody", Xen itself, a small count.</summary>
    static abstract Word Literal(Sort sort, int value);

    /// <summary>The count 1 where the bit holds, 0 elsewhere.</summary>
    static abstract Word One(Bit bit);

    static abstract Bit operator ==(Word a, Word b);

    static abstract Bit operator !=(Word a, Word b);

    /// <summary>The sum of two counts.</summary>
    static abstract Word operator +(Word a, Word b);

    /// <summary>The difference of two counts.</summary>
    static abstract Word operator -(Word a, Word b);
}
