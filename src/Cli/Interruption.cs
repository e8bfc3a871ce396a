using System.Runtime.InteropServices;

namespace Cli;

/// <summary>Ctrl-C and SIGTERM ask the work to end by itself, with what it has; a second one ends the process.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    /// <summary>SIGXFSZ of Linux: a file grew beyond the limit of the process (signal(7)). Ignored, the write fails as on a full disk.</summary>
    private const PosixSignal FileSizeExceeded = (PosixSignal)25;

    public Interruption() => _signals =
    [
        Register(PosixSignal.SIGINT),
        Register(PosixSignal.SIGTERM),
        PosixSignalRegistration.Create(FileSizeExceeded, context => context.Cancel = true),
    ];

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
        _source.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    });
}
