using Model.Domains;

namespace Model.PageTypes;

/// <summary>What an entry of the small model may say.</summary>
public readonly struct Mapping<Bit, Word>
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
{
    /// <summary>It names a frame; if not, the rest is the same for all.</summary>
    public readonly Bit Present;

    /// <summary>The frame it names.</summary>
    public readonly Word Target;

    /// <summary>It grants writing; never true of an entry that is not present.</summary>
    public readonly Bit Writable;

    private Mapping(Bit present, Word target, Bit writable) => (Present, Target, Writable) = (present, target, writable);

    /// <summary>An entry that names nothing.</summary>
    public static Mapping<Bit, Word> Absent => new(Bit.Of(false), Word.Literal(Sort.Frame, 0), Bit.Of(false));

    /// <summary>An entry that names a frame.</summary>
    public static Mapping<Bit, Word> To(Word target, bool writable) => new(Bit.Of(true), target, Bit.Of(writable));
}
