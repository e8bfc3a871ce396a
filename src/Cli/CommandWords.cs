using System.Globalization;

namespace Cli;

/// <summary>A command word by word, for the line that does the same again.</summary>
internal sealed class CommandWords(params string[] first)
{
    private readonly List<string> _words = ["./ringfence", .. first];

    /// <summary>The option with its value, unless there is none.</summary>
    public CommandWords Add(string option, string? value)
    {
        if (value is not null) _words.AddRange([option, value]);
        return this;
    }

    public CommandWords Add(string option, IFormattable? value) => Add(option, value?.ToString(null, CultureInfo.InvariantCulture));

    public CommandWords AddIf(bool isGiven, string option)
    {
        if (isGiven) _words.Add(option);
        return this;
    }

    public override string ToString() => string.Join(' ', _words.Select(Quote));

    /// <summary>A word as a POSIX shell reads it back.</summary>
    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./,:=+%@".Contains(c))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
