using System.Diagnostics;
using System.Globalization;

namespace EngineBench;

/// <summary>Debian's Unicorn, through guest/unicorn.c.</summary>
internal sealed class UnicornPeer(string harness) : IEngine
{
    public string Name => "unicorn";

    public string Note => "Debian's 2.0.1 ignores guest page tables, so it runs without paging";

    public bool RunsAllAtOnce => false;

    public IReadOnlyList<Run> Run(KernelImage image, IReadOnlyList<int> kernels)
    {
        ProcessStartInfo start = new(harness, [image.Path, .. kernels.Select(k => $"{k}")]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        List<Run> runs = [];
        while (process.StandardOutput.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            runs.Add(new(
                int.Parse(words[0], CultureInfo.InvariantCulture),
                ulong.Parse(words[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                double.Parse(words[2], CultureInfo.InvariantCulture)));
        }

        process.WaitForExit();
        return process.ExitCode == 0 ? runs : throw new InvalidOperationException($"the Unicorn harness ended with {process.ExitCode}");
    }
}
