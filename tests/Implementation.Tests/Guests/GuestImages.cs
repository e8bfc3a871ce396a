using System.Diagnostics;
using System.Text;
using Implementation.Domains;
using Implementation.Hypervisor;

namespace Implementation.Tests.Guests;

/// <summary>The guests of guests/, built by their makefile, and one run of one of them.</summary>
internal static class GuestImages
{
    private static readonly Lazy<string> _directory = new(Build);

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(_directory.Value, name));

    public static string ExpectedOutput => Expected("selftest");

    /// <summary>What a guest prints on Xen.</summary>
    public static string Expected(string guest) => File.ReadAllText(Path.Combine(_directory.Value, guest, "expected.txt"));

    /// <summary>Boots an image on a machine of its own.</summary>
    /// <returns>how it ended and what it printed</returns>
    public static (RunResult Result, string Console) Run(
        byte[] image, ulong seed = 0, ulong limit = 50_000_000, string commandLine = "", ulong pages = 2048, int vcpus = 1)
    {
        using Xen xen = new(new() { MemoryFrames = pages * 2, Seed = seed });
        Domain domain = DomainBuilder.Build(xen, new() { Image = image, MemoryPages = pages, CommandLine = commandLine, Vcpus = vcpus });
        StringBuilder console = new();
        domain.Console!.Output += text => console.Append(Encoding.ASCII.GetString(text.Span));
        RunResult result = xen.Run(domain, new() { Instructions = limit });
        return (result, console.ToString());
    }

    private static string Build()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "guests", "Makefile")))
            directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("guests/ is not above the tests");

        directory = Path.Combine(directory, "guests");
        // Other test processes build here as well.
        string[] command = [Path.Combine(Path.GetTempPath(), "ringfence-guests.lock"), "make", "-s", "-C", directory];
        using Process make = Process.Start(new ProcessStartInfo("flock", command) { RedirectStandardError = true })!;
        string errors = make.StandardError.ReadToEnd();
        make.WaitForExit();
        return make.ExitCode == 0 ? directory : throw new InvalidOperationException($"the guests do not build: {errors}");
    }
}
