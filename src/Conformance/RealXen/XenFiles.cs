using System.IO.Compression;

namespace Conformance.RealXen;

/// <summary>Where real Xen, the emulators and the guest are.</summary>
internal static class XenFiles
{
    private const string Packed = "/boot/xen-4.17-amd64.gz";

    /// <summary>The package and the path, or the command on PATH, by which it is known to be there.</summary>
    private static readonly (string Package, string File)[] Needed =
    [
        ("xen-hypervisor-4.17-amd64", Packed),
        ("qemu-system-x86", "qemu-system-x86_64"),
        ("bochs", "bochs"),
        ("bochsbios", "/usr/share/bochs/BIOS-bochs-latest"),
        ("vgabios", "/usr/share/vgabios/vgabios.bin"),
        ("bochs-term", "/usr/lib/x86_64-linux-gnu/bochs/plugins/libbx_term_gui.so"),
        ("grub-pc-bin", "/usr/lib/grub/i386-pc/multiboot.mod"),
        ("grub-common", "grub-mkrescue"),
        ("xorriso", "xorriso"),
        ("mtools", "mformat"),
    ];

    /// <summary>What is missing, and how to get it, in one sentence; null if everything is there.</summary>
    public static string? Missing
    {
        get
        {
            string[] missing = [.. Needed.Where(n => !IsThere(n.File)).Select(n => n.Package)];
            return missing.Length == 0 ? null : $"real Xen needs {string.Join(", ", missing)}, which ./ringfence setup --with xen installs";
        }
    }

    /// <summary>Xen, unpacked once into a cache: the emulators want it so.</summary>
    public static string Xen(string cache)
    {
        string unpacked = Path.Combine(cache, "xen-4.17-amd64");
        if (File.Exists(unpacked) && File.GetLastWriteTimeUtc(unpacked) >= File.GetLastWriteTimeUtc(Packed)) return unpacked;
        Directory.CreateDirectory(cache);
        string partial = $"{unpacked}.{Environment.ProcessId}";
        using (FileStream from = File.OpenRead(Packed))
        using (GZipStream gzip = new(from, CompressionMode.Decompress))
        using (FileStream to = File.Create(partial))
        {
            gzip.CopyTo(to);
        }

        File.Move(partial, unpacked, overwrite: true); // In one step, since another process may be at it too.
        return unpacked;
    }

    /// <summary>Commands are started by their names, so they are looked for where the system will.</summary>
    private static bool IsThere(string file) => file.StartsWith('/')
        ? File.Exists(file)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, file)));
}
