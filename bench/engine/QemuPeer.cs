using System.Diagnostics;
using System.Globalization;

namespace EngineBench;

/// <summary>QEMU's TCG as a whole machine: the image boots by multiboot and reports over port 0xe9.</summary>
internal sealed class QemuPeer(string program) : IEngine
{
    public string Name => "qemu";

    public string Note => "TCG system emulation, supervisor, 4-level paging; CPU time of its process between two port writes";

    public bool RunsAllAtOnce => true;

    public IReadOnlyList<Run> Run(KernelImage image, IReadOnlyList<int> kernels)
    {
        ProcessStartInfo start = new(program, [
            "-machine", "q35", "-accel", "tcg,thread=single", "-m", "64", "-nodefaults", "-display", "none",
            "-debugcon", "stdio", "-no-reboot", "-kernel", image.Path])
        { RedirectStandardOutput = true, RedirectStandardInput = true };
        using Process process = Process.Start(start)!;
        try
        {
            return [.. Read(process).Where(run => kernels.Contains(run.Kernel))];
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    private static IEnumerable<Run> Read(Process process)
    {
        Stream output = process.StandardOutput.BaseStream;
        double started = 0;
        byte[] answer = new byte[17];
        for (int c = output.ReadByte(); c != '!'; c = output.ReadByte())
        {
            double now = CpuClock.OfProcess(process.Id);
            if (c is >= 'a' and <= 'z') started = now;
            else if (c is >= 'A' and <= 'Z')
            {
                output.ReadExactly(answer);
                ulong rax = ulong.Parse(answer.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                yield return new(c - 'A', rax, now - started);
            }
            else throw new InvalidOperationException("QEMU ended before the kernels did");
        }
    }
}
