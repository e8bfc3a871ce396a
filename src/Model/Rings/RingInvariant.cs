using Model.Domains;

namespace Model.Rings;

/// <summary>A property of every reachable state of ring protection.</summary>
/// <param name="Id">the clause of <c>spec/invariants.md</c> that states it</param>
/// <param name="Says">the clause's sentence, word for word</param>
/// <param name="Source">where Xen or the manual says so, and what history broke it</param>
/// <param name="Claims">what the sentence comes to</param>
public sealed record RingInvariant<Bit, Word>(string Id, string Says, string Source, params RingClaim<Bit, Word>[] Claims)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>;

/// <summary>One part of an invariant, of every value of the words that it speaks of.</summary>
/// <param name="Of">what the words are</param>
/// <param name="Where">of which words it says something</param>
/// <param name="Holds">what it says of them</param>
/// <param name="Witness">what to say of words of which it is false, given their names</param>
public sealed record RingClaim<Bit, Word>(
    IReadOnlyList<Sort> Of, Func<Word[], Bit> Where, Func<Word[], Bit> Holds, Func<string[], string> Witness)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
{
    /// <summary>It is said of what never changes, and given with a machine.</summary>
    public bool IsOfConstants { get; init; }

    /// <summary>The claim at some words.</summary>
    public Bit At(Word[] at) => !Where(at) | Holds(at);
}
