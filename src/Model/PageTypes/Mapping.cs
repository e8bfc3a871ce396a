using Model.Domains;

namespace Model.PageTypes;

/// <summary>What an entry of the small model may say.</summary>
/// <param name="Present">it names a frame; if not, the rest is the same for all</param>
/// <param name="Target">the frame it names</param>
/// <param name="Writable">it grants writing; never of an entry that is not present</param>
public readonly record struct Mapping<Bit, Word>(Bit Present, Word Target, Bit Writable)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
{
    /// <summary>An entry that names nothing.</summary>
    public static Mapping<Bit, Word> Absent => new(Bit.Of(false), Word.Literal(Sort.Frame, 0), Bit.Of(false));

    /// <summary>An entry that names a frame.</summary>
    public static Mapping<Bit, Word> To(Word target, bool writable) => new(Bit.Of(true), target, Bit.Of(writable));
}
