using System.Globalization;

namespace Checking.Exploration;

/// <summary>How the memory that a search may use is shared out, in bytes.</summary>
internal readonly record struct MemoryBudget(long Table, long Frontier)
{
    private const long Least = 16 << 20;

    /// <param name="limit">bytes for both; null for nine tenths of what the machine has free</param>
    /// <exception cref="ArgumentException">the limit is too low</exception>
    public static MemoryBudget For(long? limit)
    {
        long all = limit ?? Available() / 10 * 9;
        if (all < Least) throw new ArgumentException($"At most {all:N0} bytes of memory: a search needs {Least:N0}.");
        long frontier = all / 8; // What does not fit goes to disk; the table cannot.
        return new MemoryBudget(all - frontier, frontier);
    }

    private static long Available()
    {
        long container = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        const string MemInfo = "/proc/meminfo", Field = "MemAvailable:";
        if (!File.Exists(MemInfo)) return container;
        string? line = File.ReadLines(MemInfo).FirstOrDefault(text => text.StartsWith(Field, StringComparison.Ordinal));
        if (line is null) return container;
        long kibibytes = long.Parse(line.AsSpan(Field.Length).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
        return Math.Min(container, kibibytes << 10);
    }
}
