using Model.Domains;

namespace Model.PageTypes;

/// <summary>The words of a sort, one after the other, of a world with so many of them.</summary>
public struct Each<Word, Bit>(Sort sort, int count)
    where Word : struct, IWord<Word, Bit>
    where Bit : struct, IBit<Bit>
{
    private int _at = -1;

    public readonly Word Current => Word.Literal(sort, _at);

    public readonly Each<Word, Bit> GetEnumerator() => this;

    public bool MoveNext() => ++_at < count;
}
