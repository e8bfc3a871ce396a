using System.Diagnostics;

namespace Conformance.Tests;

/// <summary>The guests of our own, built by their makefile once per test run.</summary>
internal static class Guests
{
    private static readonly Lazy<string> Folder = new(Build);

    /// <summary>Path of Debian's 32-bit GRUB.</summary>
    public const string Grub32 = "/usr/lib/grub-xen/grub-i386-xen.bin";

    /// <summary>Path of a guest's image, as <c>faults/xsa182</c> or <c>selftest</c>.</summary>
    public static string Image(string guest) => Path.Combine(Folder.Value, guest, "build", $"{Path.GetFileName(guest)}.elf");

    private static string Build()
    {
        string folder = Path.Combine(Ringfence.Root, "guests");
        // Other test processes build here as well.
        using FileStream alone = Lock(Path.Combine(Path.GetTempPath(), "ringfence-guests.lock"));
        using Process make = Process.Start(new ProcessStartInfo("make", ["-s", "-C", folder]) { RedirectStandardError = true })!;
        string error = make.StandardError.ReadToEnd();
        make.WaitForExit();
        return make.ExitCode == 0 ? folder : throw new InvalidOperationException(error);
    }

    private static FileStream Lock(string path)
    {
        while (true)
        {
            try
            {
                return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Yield();
            }
        }
    }
}
