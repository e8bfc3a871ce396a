using Conformance.RealXen;

namespace Cli;

/// <summary>Real Xen, with the guest and the cache of the clone that the command was built in.</summary>
internal static class RealXen
{
    private static readonly string Guest = Path.Combine("guests", "conform", "build", "conform.elf");

    /// <exception cref="Conformance.Runs.BadInputException">something is missing; the message says what, and how to get it</exception>
    public static XenTarget Start(CancellationToken cancel)
    {
        string root = Root();
        return new(new() { Guest = Path.Combine(root, Guest), Cache = Path.Combine(root, ".ringfence"), Cancel = cancel });
    }

    /// <summary>The folder above the program that has guests; else the one at hand.</summary>
    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "guests", "conform"))) folder = folder.Parent;
        return folder?.FullName ?? Environment.CurrentDirectory;
    }
}
