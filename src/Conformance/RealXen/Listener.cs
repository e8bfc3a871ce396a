using System.Diagnostics;

namespace Conformance.RealXen;

/// <summary>Listens to one boot and decides when it is over.</summary>
/// <param name="heard">is told each record; answers whether there is more to come</param>
/// <param name="said">is told each other line; answers the same. Null: such lines are no sign of life</param>
internal sealed class Listener(BootLimits limits, Func<Record, bool> heard, Func<string, bool>? said = null)
{
    private readonly RecordReader _reader = new();
    private readonly Stopwatch _wall = Stopwatch.StartNew();
    private TimeSpan? _lastHeard;

    /// <summary>How the boot ended; null while it goes on.</summary>
    public BootEnd? End { get; private set; }

    public BootOutcome Outcome => new(End ?? BootEnd.EmulatorEnded, [.. _reader.Others], _reader.Damaged);

    /// <summary>Takes what came on the serial line.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        if (End is not null) return;
        _reader.Read(bytes, Hear, Say);
        if (_reader.Bytes > limits.Output) End ??= BootEnd.Flooded;
        Look();
    }

    /// <summary>Looks at the clock.</summary>
    public void Look()
    {
        if (_wall.Elapsed > limits.Wall || _wall.Elapsed - (_lastHeard ?? TimeSpan.Zero) > (_lastHeard is null ? limits.Start : limits.Silence)) End ??= BootEnd.Hung;
    }

    /// <summary>The emulator is gone.</summary>
    public void Lose() => End ??= BootEnd.EmulatorEnded;

    private void Hear(Record record)
    {
        _lastHeard = _wall.Elapsed;
        if (End is null && !heard(record)) End = BootEnd.Done;
    }

    /// <summary>xen/common/shutdown.c, xen/common/domain.c, xen/drivers/char/console.c: how Xen says that it is over.</summary>
    private void Say(string line)
    {
        if (said is not null) _lastHeard = _wall.Elapsed;
        if (line.Contains("Panic on CPU", StringComparison.Ordinal)) End ??= BootEnd.Panic;
        else if (line.Contains("Hardware Dom0", StringComparison.Ordinal)) End ??= BootEnd.GuestEnded;
        if (said?.Invoke(line) == false) End ??= BootEnd.Done;
    }
}
