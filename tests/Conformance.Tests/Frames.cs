using System.Text.RegularExpressions;

namespace Conformance.Tests;

/// <summary>Frame numbers in reports, which depend on how Xen happens to allocate.</summary>
internal static partial class Frames
{
    /// <summary>The text with its frames named A, B, ... as they appear, and columns that do not depend on their numbers.</summary>
    public static string Rename(string report)
    {
        Dictionary<string, char> names = [];
        string renamed = Frame.Replace(report, match =>
        {
            names.TryAdd(match.Value, (char)('A' + names.Count));
            return $"mfn:{names[match.Value]}";
        });
        return Columns.Replace(renamed, "  ");
    }

    [GeneratedRegex("mfn:[0-9a-f]+")]
    private static partial Regex Frame { get; }

    [GeneratedRegex(@"(?<=\S) {2,}")]
    private static partial Regex Columns { get; }
}
