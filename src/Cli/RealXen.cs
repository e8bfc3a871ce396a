using Conformance.RealXen;
using Conformance.Runs;

namespace Cli;

/// <summary>Real Xen, with the guest and the cache of the clone that the command was built in.</summary>
internal static class RealXen
{
    private static readonly string Guest = Path.Combine("guests", "conform", "build", "conform.elf");

    /// <exception cref="BadInputException">something is missing; the message says what, and how to get it</exception>
    public static XenTarget Start(CancellationToken cancel)
    {
        string root = Root();
        return new(new() { Guest = Path.Combine(root, Guest), Cache = Path.Combine(root, ".ringfence"), Cancel = cancel });
    }

    /// <summary>Real Xen with the guest that traps.</summary>
    /// <exception cref="BadInputException">something is missing; the message says what, and how to get it</exception>
    public static XenTraps StartTraps(CancellationToken cancel) =>
        new(new() { Guest = TrapsGuest(is32Bit: false), Cache = Path.Combine(Root(), ".ringfence"), Cancel = cancel });

    /// <summary>Path of the guest that traps.</summary>
    /// <exception cref="BadInputException">it is not built</exception>
    public static string TrapsGuest(bool is32Bit)
    {
        string guest = Path.Combine(Root(), "guests", "traps", "build", is32Bit ? "traps32.elf" : "traps64.elf");
        return File.Exists(guest) ? guest : throw new BadInputException(guest, "the guest is not built; make -C guests builds it");
    }

    /// <summary>The folder above the program that has guests; else the one at hand.</summary>
    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "guests", "conform"))) folder = folder.Parent;
        return folder?.FullName ?? Environment.CurrentDirectory;
    }
}
