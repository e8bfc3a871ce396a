using System.Globalization;
using FsCheck;

namespace Testing;

/// <summary>Where FsCheck's choices begin, and for one case its size: <c>seed</c>, <c>seed,gamma</c> or <c>seed,gamma,size</c>.</summary>
internal readonly record struct ReplayKey(ulong Seed, ulong Gamma, int? Size)
{
    /// <exception cref="FormatException">one sentence</exception>
    public static ReplayKey Parse(string text)
    {
        string[] parts = text.Split(',');
        bool isRead = ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed);
        if (isRead && parts.Length == 1) return new(seed, new Rnd(seed).Gamma, null);

        int size = 0;
        isRead &= ulong.TryParse(parts.ElementAtOrDefault(1), NumberStyles.None, CultureInfo.InvariantCulture, out ulong gamma) && gamma % 2 == 1;
        isRead &= parts.Length == 2 || (parts.Length == 3 && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out size));
        if (!isRead) throw new FormatException($"\"{text}\" is neither a seed nor \"seed,gamma,size\" as a failure tells it");
        return new(seed, gamma, parts.Length == 3 ? size : null);
    }

    public override string ToString() => Size is { } size ? $"{Seed},{Gamma},{size}" : $"{Seed},{Gamma}";
}
