using System.Runtime.CompilerServices;

namespace Conformance.Tests;

/// <summary>Expected output kept as a file. RINGFENCE_UPDATE_GOLDEN=1 writes it anew, to be reviewed as a diff.</summary>
internal static class Golden
{
    public static void Check(string name, string actual, [CallerFilePath] string here = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(here)!, "golden", name);
        if (Environment.GetEnvironmentVariable("RINGFENCE_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
