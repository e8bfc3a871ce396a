namespace Model.Domains;

/// <summary>A total function from words of one sort to words of another, changed at points.</summary>
public interface IMap<Map, Bit, Word>
    where Map : IMap<Map, Bit, Word>
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
{
    Word this[Word at] { get; }

    /// <summary>Where <paramref name="when"/> holds, the value at the point becomes <paramref name="value"/>.</summary>
    void Assign(Bit when, Word at, Word value);

    /// <summary>An equal function that changes on its own.</summary>
    Map Copy();
}
