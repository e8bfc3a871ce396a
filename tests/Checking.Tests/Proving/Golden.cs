using System.Runtime.CompilerServices;

namespace Checking.Tests.Proving;

/// <summary>Expected texts kept as files. RINGFENCE_UPDATE_GOLDEN=1 writes them anew, to be reviewed as a diff.</summary>
internal static class Golden
{
    public static void Check(string file, string actual, [CallerFilePath] string caller = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(caller)!, "Golden", file);
        if (Environment.GetEnvironmentVariable("RINGFENCE_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : $"{path} is missing", actual);
    }
}
