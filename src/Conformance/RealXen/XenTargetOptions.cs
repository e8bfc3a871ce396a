namespace Conformance.RealXen;

/// <summary>What can be chosen of real Xen.</summary>
public sealed record XenTargetOptions
{
    /// <summary>Path of guests/conform/build/conform.elf.</summary>
    public required string Guest { get; init; }

    /// <summary>A folder that stays, for what is made once.</summary>
    public required string Cache { get; init; }

    /// <summary>Scripts to a batch, at the most.</summary>
    public int BatchSize { get; init; } = 2000;

    public CancellationToken Cancel { get; init; }

    /// <summary>As the source tree has it that the command was built from.</summary>
    public static XenTargetOptions OfSourceTree(CancellationToken cancel = default)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "guests", "conform"))) folder = folder.Parent;
        string root = folder?.FullName ?? Environment.CurrentDirectory;
        return new()
        {
            Guest = Path.Combine(root, "guests", "conform", "build", "conform.elf"),
            Cache = Path.Combine(root, ".ringfence", "xen"),
            Cancel = cancel,
        };
    }
}
