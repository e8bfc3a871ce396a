using System.Diagnostics;

namespace Conformance.RealXen;

/// <summary>A process that ends with us, however we end.</summary>
/// <remarks>setpriv (util-linux) has the kernel kill it when the thread that started it is gone; until then that thread waits in here.</remarks>
internal sealed class EmulatorProcess : IDisposable
{
    private const string Setpriv = "/usr/bin/setpriv";

    private readonly Process _process;

    /// <param name="folder">where it runs</param>
    /// <param name="command">the program and its arguments</param>
    public EmulatorProcess(string folder, IReadOnlyList<string> command)
    {
        ProcessStartInfo start = new(Setpriv, ["--pdeathsig", "KILL", .. command])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TERM"] = "xterm"; // Bochs draws its screen on a terminal of its own and wants to know of what kind.
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} does not start");
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public Stream Output => _process.StandardOutput.BaseStream;

    public bool HasEnded => _process.HasExited;

    public void Tell(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
