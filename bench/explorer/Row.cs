using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ExplorerBench;

/// <summary>A size of the small model: frames, entries of each, frames that may change their owner.</summary>
internal sealed record Row(int Frames, int Entries, int Movable)
{
    /// <summary>Reads "4-1-1".</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Row? row)
    {
        int[] sizes = [.. text.Split('-').Select(s => int.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : -1)];
        row = sizes is [>= 2 and <= 5, >= 1 and <= 3, >= 0] && sizes[2] <= sizes[0] ? new(sizes[0], sizes[1], sizes[2]) : null;
        return row is not null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Frames} {Entries} {Movable}");
}
