using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Cli;

/// <summary>How an answer is given.</summary>
/// <param name="IsJson">one JSON object instead of text</param>
/// <param name="IsPlain">no colour, also on a terminal</param>
/// <param name="Out">folder for files, as typed; null if none was</param>
internal sealed record Presentation(bool IsJson, bool IsPlain, string? Out)
{
    /// <summary>Folder for files.</summary>
    public string Folder => Out ?? "out";
}

/// <summary>Options that several verbs have.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string> _format = Choice("--format", "text: for reading; json: one object", "text", "json");

    private readonly Option<string?> _out = new("--out") { Description = "folder for the trace of a failure [default: out]", HelpName = "DIR" };

    private readonly Option<bool> _noColor = new("--no-color") { Description = "no colour, also on a terminal" };

    public void AddTo(Command command)
    {
        command.Add(_format);
        command.Add(_out);
        command.Add(_noColor);
    }

    public Presentation Read(ParseResult parsed) =>
        new(parsed.GetValue(_format) == "json", parsed.GetValue(_noColor), parsed.GetValue(_out));

    public static Option<string> Choice(string name, string description, params string[] values)
    {
        Option<string> option = new(name)
        {
            Description = description,
            HelpName = string.Join('|', values),
            DefaultValueFactory = _ => values[0],
        };
        return option.AcceptOnlyFromAmong(values);
    }

    public static Option<string?> Text(string name, string help, string description) => new(name) { HelpName = help, Description = description };

    /// <summary>A whole number that the user may leave out.</summary>
    public static Option<int?> Number(string name, string description, int least = 1, int most = int.MaxValue) => new(name)
    {
        HelpName = "N",
        Description = description,
        CustomParser = result => (int?)Whole(result, name, least, most),
    };

    /// <summary>A large whole number that the user may leave out.</summary>
    public static Option<long?> Amount(string name, string description) => new(name)
    {
        HelpName = "N",
        Description = description,
        CustomParser = result => Whole(result, name, 1, long.MaxValue),
    };

    private static long? Whole(ArgumentResult result, string name, long least, long most)
    {
        string word = result.Tokens[0].Value;
        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long n) && n >= least && n <= most) return n;
        result.AddError($"{name} {word} is not a number from {least} to {most}");
        return null;
    }

    /// <summary>How many threads work when the user does not say.</summary>
    public static int DefaultWorkers => Environment.ProcessorCount;

    public static Option<int?> Workers() =>
        Number("--workers", $"threads that work; the answer is the same for any number [default: all {DefaultWorkers} processors]", most: 256);
}
