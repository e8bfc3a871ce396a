using System.Runtime.CompilerServices;

namespace Model.Tests;

/// <summary>Expected texts kept as files. RINGFENCE_UPDATE_GOLDEN=1 writes them anew, to be reviewed as a diff.</summary>
internal static class Golden
{
    public static void Check(string file, string actual, [CallerFilePath] string caller = "")
    {
        string folder = Path.GetDirectoryName(caller)!;
        while (!Directory.Exists(Path.Combine(folder, "Golden"))) folder = Path.GetDirectoryName(folder)!;
        string path = Path.Combine(folder, "Golden", file);
        if (Environment.GetEnvironmentVariable("RINGFENCE_UPDATE_GOLDEN") == "1") File.WriteAllText(path, actual);

        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : $"{path} is missing", actual);
    }
}
