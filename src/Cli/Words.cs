using System.Globalization;

namespace Cli;

/// <summary>Numbers in sentences.</summary>
internal static class Words
{
    public static string Count(long n, string noun, string? nouns = null) => n == 1 ? $"1 {noun}" : $"{n:N0} {nouns ?? noun + "s"}";

    /// <summary>A span of time to two or three digits: "0.02 s", "14.2 s", "3 min 05 s".</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        < 10 => seconds.ToString("0.00", CultureInfo.InvariantCulture) + " s",
        < 120 => seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s",
        < 7200 => $"{(long)seconds / 60} min {(long)seconds % 60:00} s",
        _ => $"{(long)seconds / 3600} h {(long)seconds % 3600 / 60:00} min",
    };

    public static string Bytes(double bytes) => bytes switch
    {
        < 1 << 20 => $"{bytes / (1 << 10):0} KiB",
        < 1 << 30 => $"{bytes / (1 << 20):0} MiB",
        _ => (bytes / (1 << 30)).ToString("0.0", CultureInfo.InvariantCulture) + " GiB",
    };
}
