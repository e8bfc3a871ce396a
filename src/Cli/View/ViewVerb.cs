using System.Text;
using Checking.Traces;
using Conformance.Runs;

namespace Cli.View;

/// <summary>Carries out <c>ringfence view</c>.</summary>
internal static class ViewVerb
{
    public static int Execute(string trace, string page) =>
        Verb.Execute("view", new CommandWords("view", trace).Add("-o", page).ToString(), () => Run(trace, page));

    private static int Run(string trace, string page)
    {
        ItfTrace read = TraceInput.Read(trace);
        TraceView view = TraceInput.Checked(trace, () => ViewMapping.Of(read));
        Write(page, Page.Of(view));

        StandardOutput output = new();
        output.Write($"page:   {page}\n");
        output.ThrowIfFailed();
        return ExitCode.Holds;
    }

    private static void Write(string path, string text)
    {
        if (Directory.Exists(path)) throw new BadInputException(path, "is a directory, and the page is a file");
        using Interruption interruption = new(); // A limit on the size of files is then a full disk, not the end of the process.
        try
        {
            File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException(path, $"cannot be written: {e.Message.TrimEnd('.')}");
        }
    }
}
