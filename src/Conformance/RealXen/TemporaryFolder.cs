using System.Globalization;

namespace Conformance.RealXen;

/// <summary>A folder that goes away with what is in it.</summary>
/// <remarks>Its name has our process's number, so that the next one can remove it if we are killed.</remarks>
internal sealed class TemporaryFolder : IDisposable
{
    private const string Prefix = "ringfence-xen-";

    private static readonly Lazy<int> Swept = new(Sweep);

    public TemporaryFolder()
    {
        _ = Swept.Value;
        Path = Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-").FullName;
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Removes what processes left behind that are gone.</summary>
    /// <returns>how many folders</returns>
    private static int Sweep()
    {
        int removed = 0;
        foreach (string folder in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), $"{Prefix}*"))
        {
            string owner = System.IO.Path.GetFileName(folder)[Prefix.Length..].Split('-')[0];
            bool isNumber = int.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out int process);
            if (!isNumber || Directory.Exists($"/proc/{process}")) continue;
            Directory.Delete(folder, recursive: true);
            removed++;
        }

        return removed;
    }
}
