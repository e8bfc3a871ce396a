using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Checking.Exploration;

/// <summary>A folder from which a search can go on. The states of whole levels are appended to one file; those of the level begun
/// are written anew each time, to two files in turn; the manifest, replaced in one step, says how much of both is good. So at any
/// moment the folder holds one checkpoint that is whole.</summary>
internal sealed class Checkpoint(string folder, OpenFile open)
{
    private const string ManifestFile = "manifest.json", LogFile = "states.log";

    public string Folder => folder;

    private string LogPath => Path.Combine(folder, LogFile);

    private string ManifestPath => Path.Combine(folder, ManifestFile);

    /// <summary>Makes the folder ready for a new search; what it held of another is no longer a checkpoint.</summary>
    /// <returns>the file for the states of whole levels</returns>
    public Stream Start()
    {
        Directory.CreateDirectory(folder);
        File.Delete(ManifestPath);
        return open(LogPath, FileMode.Create);
    }

    /// <summary>Makes the folder ready to go on from a checkpoint, its own or another folder's.</summary>
    /// <returns>the file for the states of whole levels, at its end</returns>
    public Stream Continue(Checkpoint from, Manifest manifest)
    {
        if (Path.GetFullPath(from.Folder) != Path.GetFullPath(folder))
        {
            Directory.CreateDirectory(folder);
            File.Delete(ManifestPath);
            File.Copy(from.LogPath, LogPath, overwrite: true);
        }

        Stream log = open(LogPath, FileMode.Open);
        log.SetLength(manifest.LogBytes);
        log.Position = manifest.LogBytes;
        return log;
    }

    /// <summary>A new file for the level begun, and its name: not the one that the manifest names.</summary>
    public (Stream File, string Name) StartLevel(Manifest? last)
    {
        string name = last?.Begun?.File == "begun-a.log" ? "begun-b.log" : "begun-a.log";
        return (open(Path.Combine(folder, name), FileMode.Create), name);
    }

    /// <summary>From here on this is the checkpoint.</summary>
    /// <exception cref="IOException">the disk is full; the last checkpoint is still good</exception>
    public void Commit(Manifest manifest)
    {
        string text = JsonSerializer.Serialize(manifest, ManifestFormat.Default.Manifest), fresh = ManifestPath + ".new";
        using (Stream file = open(fresh, FileMode.Create))
        {
            file.WriteOrFail(Encoding.UTF8.GetBytes($"{Checksum(text):x16}\n{text}\n"));
            if (file is FileStream onDisk) onDisk.Flush(flushToDisk: true);
        }

        File.Move(fresh, ManifestPath, overwrite: true);
    }

    /// <exception cref="CheckpointException">there is none, or it is damaged</exception>
    public Manifest Read()
    {
        if (!File.Exists(ManifestPath)) throw new CheckpointException($"{ManifestPath}: there is no checkpoint here.");
        return Guarded(ManifestPath, () =>
        {
            string[] lines = File.ReadAllLines(ManifestPath);
            if (lines.Length != 2 || lines[0] != Checksum(lines[1]).ToString("x16", CultureInfo.InvariantCulture))
                throw new CheckpointException($"{ManifestPath}: damaged, its checksum does not fit.");
            Manifest manifest = JsonSerializer.Deserialize(lines[1], ManifestFormat.Default.Manifest)!;
            if (manifest.Version != Manifest.CurrentVersion)
                throw new CheckpointException($"{ManifestPath}: format {manifest.Version}, and this program reads {Manifest.CurrentVersion}.");
            return manifest;
        });
    }

    /// <summary>Makes sure that the files hold what was written to them.</summary>
    /// <exception cref="CheckpointException">one does not</exception>
    public unsafe void Verify(Manifest manifest, int words)
    {
        Verify(LogPath, words, manifest.Levels.Sum(), manifest.LogChecksum);
        if (manifest.Begun is { } begun) Verify(Path.Combine(folder, begun.File), words, begun.States, begun.Checksum);
    }

    /// <summary>Reads so many states of whole levels, from the first on.</summary>
    public void ReadLevels(int words, long states, RecordReader each) => Read(LogPath, words, states, each);

    public void ReadBegun(BegunLevel begun, int words, RecordReader each) =>
        Read(Path.Combine(folder, begun.File), words, begun.States, each);

    private static unsafe void Verify(string path, int words, long states, ulong checksum)
    {
        if (Read(path, words, states, static (_, _) => { }) != checksum)
            throw new CheckpointException($"{path}: damaged, its checksum does not fit.");
    }

    private static ulong Read(string path, int words, long states, RecordReader each) => Guarded(path, () =>
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        return StateLog.Read(file, words, states, each);
    });

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (EndOfStreamException ended)
        {
            throw new CheckpointException($"{path}: damaged, it is shorter than its manifest says.", ended);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CheckpointException($"{path}: {failure.Message}", failure);
        }
    }

    /// <summary>FNV-1a.</summary>
    public static ulong Checksum(string text)
    {
        ulong sum = 0xcbf29ce484222325;
        foreach (byte one in Encoding.UTF8.GetBytes(text)) sum = (sum ^ one) * 0x100000001b3;
        return sum;
    }
}
