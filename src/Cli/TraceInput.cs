using System.Text;
using Checking.Traces;
using Conformance.Runs;

namespace Cli;

/// <summary>Reads a trace that the user named, whoever wrote it; whatever is wrong with it is one sentence that names it.</summary>
internal static class TraceInput
{
    /// <summary>The version of <c>#meta.ringfence</c> that this program writes and reads.</summary>
    private const long Schema = 1;

    private const int LongestReason = 240;

    /// <exception cref="BadInputException">the file cannot be read, or is no trace of ours</exception>
    public static ItfTrace Read(string path)
    {
        byte[] bytes = ReadFile(path);
        return Checked(path, () =>
        {
            ItfTrace trace = ItfReader.Read(bytes);
            ItfValue.Record ours = trace.Meta.Record("ringfence");
            long schema = ours.Whole("schema");
            if (schema != Schema) throw new InvalidDataException($"its schema is {schema}, and this program reads {Schema}.");
            if (trace.States.Count == 0) throw new InvalidDataException("it has no states.");
            return trace;
        });
    }

    /// <summary>Looks into a trace; what a strict reader refuses becomes the sentence about the file.</summary>
    /// <exception cref="BadInputException">the reader refused it</exception>
    public static T Checked<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw new BadInputException(Sentence(path), $"is no trace that can be used: {Sentence(e.Message)}");
        }
    }

    /// <summary>On one line, of bounded length, whatever the file put into it.</summary>
    public static string Sentence(string text)
    {
        StringBuilder line = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (line.Length >= LongestReason) return line.Append("...").ToString();
            line.Append(Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 ? "?" : rune.ToString());
        }

        return line.ToString().TrimEnd('.');
    }

    private static byte[] ReadFile(string path)
    {
        if (FileKind.WhyIrregular(path) is { } why) throw new BadInputException(path, why);
        try
        {
            using FileStream file = File.OpenRead(path);
            return ReadBounded(path, file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException(path, "is not there");
        }
        catch (UnauthorizedAccessException)
        {
            throw new BadInputException(path, "may not be read");
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException(path, $"cannot be read: {Sentence(e.Message)}");
        }
    }

    // A file can grow while it is read, and those of /proc say that they are empty: count what comes.
    private static byte[] ReadBounded(string path, FileStream from)
    {
        using MemoryStream to = new();
        byte[] piece = new byte[1 << 16];
        for (int n = from.Read(piece); n > 0; n = from.Read(piece))
        {
            if (to.Length + n > ItfReader.MostBytes) throw new BadInputException(path, $"is larger than {ItfReader.MostBytes >> 20} MiB, and so no trace");
            to.Write(piece, 0, n);
        }

        return to.ToArray();
    }
}
