using System.Runtime.CompilerServices;
using Xunit;

namespace Tests;

/// <summary>Expected texts kept as files. RINGFENCE_UPDATE_GOLDEN=1 writes them anew, to be reviewed as a diff.</summary>
internal static class Golden
{
    /// <param name="file">a file of the folder "golden" beside the caller or, where there is none, beside a folder above</param>
    public static void Check(string file, string actual, [CallerFilePath] string caller = "")
    {
        string folder = Path.GetDirectoryName(caller)!;
        while (!Directory.Exists(Path.Combine(folder, "golden"))) folder = Path.GetDirectoryName(folder)!;
        string path = Path.Combine(folder, "golden", file);
        if (Environment.GetEnvironmentVariable("RINGFENCE_UPDATE_GOLDEN") == "1") File.WriteAllText(path, actual);

        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : $"{path} is missing", actual);
    }
}
