using Checking.Traces;
using Conformance.Runs;

namespace Cli;

/// <summary>The folder into which traces of failures go.</summary>
internal static class TraceFolder
{
    /// <summary>What came of writing a trace: its path, or why there is none.</summary>
    public readonly record struct Attempt(string? Path, BadInputException? Failure)
    {
        /// <exception cref="BadInputException">the trace could not be written</exception>
        public void ThrowIfFailed()
        {
            if (Failure is not null) throw Failure;
        }
    }

    /// <summary>Writes the trace, or keeps the reason why not: a report must not be lost for want of a file.</summary>
    public static Attempt TryWrite(string folder, string claim, ItfTrace trace)
    {
        try
        {
            return new(Write(folder, claim, trace), null);
        }
        catch (BadInputException e)
        {
            return new(null, e);
        }
    }

    /// <returns>the path of the file</returns>
    /// <exception cref="BadInputException">the trace cannot be written</exception>
    public static string Write(string folder, string claim, ItfTrace trace)
    {
        string path = Path.Combine(folder, $"{claim}.itf.json");
        ProveWritable(folder);
        try
        {
            using FileStream file = File.Create(path);
            ItfWriter.Write(file, trace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(path, $"cannot be written: {e.Message.TrimEnd('.')}");
        }

        return path;
    }

    /// <summary>Makes the folder and proves that a file can be written there.</summary>
    /// <exception cref="BadInputException">it cannot</exception>
    public static void ProveWritable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, $".probe-{Environment.ProcessId}");
            File.WriteAllBytes(probe, [0]);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException(folder, $"cannot be written: {e.Message.TrimEnd('.')}");
        }
    }
}
