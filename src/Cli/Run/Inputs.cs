using System.Text;
using Conformance.Runs;

namespace Cli.Run;

/// <summary>Reads what the user named; whatever is wrong with it is one sentence that names it.</summary>
internal static class Inputs
{
    /// <summary>Files larger than this are no guest kernel, RAM disk or key file.</summary>
    private const long LargestFile = 1L << 30;

    /// <summary>MAX_GUEST_CMDLINE (xen/include/public/xen.h) less the final zero, in bytes.</summary>
    private const int LongestCommandLine = 1023;

    private const ulong LeastMemoryMiB = 4, MostMemoryMiB = 8192;

    /// <exception cref="BadInputException">the file cannot be read</exception>
    public static ReadOnlyMemory<byte> ReadFile(string path)
    {
        if (Directory.Exists(path)) throw new BadInputException(path, "is a directory");
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > LargestFile) throw new BadInputException(path, $"is larger than {LargestFile >> 20} MiB");
            using MemoryStream bytes = new();
            CopyBounded(path, file, bytes);
            return bytes.ToArray();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException(path, path == RunArguments.Grub ? "is not there; apt-get install grub-xen-host" : "is not there");
        }
        catch (UnauthorizedAccessException)
        {
            throw new BadInputException(path, "may not be read");
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException(path, $"cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    // The length of a pipe or a device says nothing: count what comes.
    private static void CopyBounded(string path, FileStream from, MemoryStream to)
    {
        byte[] piece = new byte[1 << 16];
        for (int n = from.Read(piece); n > 0; n = from.Read(piece))
        {
            if (to.Length + n > LargestFile) throw new BadInputException(path, $"is larger than {LargestFile >> 20} MiB");
            to.Write(piece, 0, n);
        }
    }

    /// <exception cref="BadInputException">no guest can have that much memory, or that little</exception>
    public static ulong MemoryPages(ulong mebibytes)
    {
        ulong most = Math.Min(MostMemoryMiB, (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2 >> 20);
        return mebibytes >= LeastMemoryMiB && mebibytes <= most
            ? mebibytes << 8
            : throw new BadInputException($"--memory {mebibytes}", $"is outside the {LeastMemoryMiB} to {most} MiB that a guest can have here");
    }

    /// <exception cref="BadInputException">start_info has no room for it</exception>
    public static string CommandLine(string line)
    {
        int length = Encoding.UTF8.GetByteCount(line);
        return length <= LongestCommandLine
            ? line
            : throw new BadInputException("--cmdline", $"has {length} bytes, and a guest is given {LongestCommandLine} at most");
    }
}
