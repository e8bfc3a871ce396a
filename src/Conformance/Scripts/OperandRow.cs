namespace Conformance.Scripts;

/// <summary>An operand's row: what it is called, what it can be.</summary>
/// <param name="Most">as <see cref="Scripts.Sort"/> says</param>
public sealed record OperandRow(string Name, Sort Sort, ulong Most = 0)
{
    /// <summary>What some values are called in the text of a script.</summary>
    public IReadOnlyList<(ulong Value, string Word)> Words { get; init; } = [];

    /// <summary>All that an operand of <see cref="Sort.Choice"/> can be.</summary>
    public IReadOnlyList<ulong> Choices { get; init; } = [];

    /// <summary>A command whose values have names, from 0; an empty name is a command that does not exist.</summary>
    public static OperandRow Command(string name, params IReadOnlyList<string> words) =>
        new(name, Sort.Command, (ulong)words.Count - 1) { Words = Numbered(words) };

    /// <summary>One of some numbers.</summary>
    public static OperandRow Choice(string name, params IReadOnlyList<ulong> choices) => new(name, Sort.Choice) { Choices = choices };

    /// <summary>One of some names, which stand for their places.</summary>
    public static OperandRow Named(string name, IReadOnlyList<string> words) => new(name, Sort.Choice)
    {
        Words = Numbered(words),
        Choices = [.. Enumerable.Range(0, words.Count).Select(i => (ulong)i)],
    };

    /// <summary>What a value is called, or null.</summary>
    public string? WordOf(ulong value)
    {
        foreach ((ulong named, string word) in Words)
        {
            if (named == value) return word;
        }

        return null;
    }

    /// <summary>The value of a word.</summary>
    public bool TryFind(ReadOnlySpan<char> word, out ulong value)
    {
        foreach ((ulong named, string name) in Words)
        {
            value = named;
            if (word.SequenceEqual(name)) return true;
        }

        value = 0;
        return false;
    }

    private static IReadOnlyList<(ulong Value, string Word)> Numbered(IReadOnlyList<string> words) =>
        [.. words.Select((word, i) => ((ulong)i, word)).Where(w => w.word.Length > 0)];
}
