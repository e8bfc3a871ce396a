using Checking.Exploration;
using Conformance.Runs;

namespace Cli.Check;

/// <summary>
/// Where a search keeps what it needs to go on later. A folder that the user named stays; one that nobody asked for stays only while
/// there is something left to do.
/// </summary>
internal sealed class CheckpointFolder
{
    /// <summary>In the place of a folder: keep no checkpoint.</summary>
    public const string None = "none";

    private readonly bool _isNamed;

    /// <exception cref="BadInputException">the folder that the user named cannot be written</exception>
    public CheckpointFolder(CheckArguments arguments)
    {
        string? named = arguments.Checkpoint ?? arguments.Resume;
        _isNamed = named is not null;
        Path = named == None ? null : named ?? System.IO.Path.Combine(arguments.Presentation.Folder, $"checkpoint-{Environment.ProcessId}");
        if (Path is null) return;
        try
        {
            TraceFolder.ProveWritable(Path);
        }
        catch (BadInputException e) when (!_isNamed)
        {
            Console.Error.WriteLine($"ringfence: no checkpoint is kept: {e.Message.TrimEnd('.')}.");
            Path = null;
        }
    }

    /// <summary>The folder; null if no checkpoint is kept.</summary>
    public string? Path { get; }

    /// <summary>Removes what nobody needs any more once the search is over.</summary>
    /// <returns>what was found, without a checkpoint if there is nothing to go on with</returns>
    public Exploration Settled(Exploration found)
    {
        if (found.StoppedBy is not (StopReason.Complete or StopReason.Violated)) return found;
        Remove();
        return found with { Checkpoint = null };
    }

    /// <summary>Removes the folder, unless the user asked for it.</summary>
    public void Remove()
    {
        if (_isNamed || !Directory.Exists(Path)) return;
        Directory.Delete(Path, recursive: true);
        string parent = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        if (!Directory.EnumerateFileSystemEntries(parent).Any()) Directory.Delete(parent);
    }
}
