namespace Conformance.Runs;

/// <summary>Where a guest's keys come from: a file, a pipe or a terminal.</summary>
public abstract class KeySource
{
    /// <summary>No keys at all.</summary>
    public static KeySource None { get; } = new FixedKeys(default);

    /// <summary>Whether nobody need wait for another key.</summary>
    public abstract bool IsOver { get; }

    /// <summary>Starts to deliver.</summary>
    /// <param name="feed">takes keys, on any thread</param>
    /// <param name="over">called when <see cref="IsOver"/> becomes true after this call</param>
    public abstract void Connect(Action<ReadOnlyMemory<byte>> feed, Action over);
}

/// <summary>All keys known from the start: the guest takes them at its own pace, the same in every run.</summary>
public sealed class FixedKeys(ReadOnlyMemory<byte> keys) : KeySource
{
    public override bool IsOver => true;

    public override void Connect(Action<ReadOnlyMemory<byte>> feed, Action over)
    {
        if (!keys.IsEmpty) feed(keys);
    }
}

/// <summary>Keys as a person or another program gives them, read by a thread of its own.</summary>
/// <param name="read">blocks for the next keys; empty at the end</param>
/// <param name="patience">after so long without a key, nobody waits for another one; it is still delivered if it comes</param>
public sealed class LiveKeys(Func<ReadOnlyMemory<byte>> read, TimeSpan patience) : KeySource, IDisposable
{
    private volatile bool _isOver;
    private Timer? _silence;

    public override bool IsOver => _isOver;

    public override void Connect(Action<ReadOnlyMemory<byte>> feed, Action over)
    {
        _silence = new(_ => End(over), null, patience, Timeout.InfiniteTimeSpan);
        new Thread(() => Pump(feed, over)) { IsBackground = true, Name = "keys" }.Start();
    }

    public void Dispose() => _silence?.Dispose();

    private void Pump(Action<ReadOnlyMemory<byte>> feed, Action over)
    {
        for (ReadOnlyMemory<byte> keys = read(); !keys.IsEmpty; keys = read())
        {
            _isOver = false;
            _silence?.Change(patience, Timeout.InfiniteTimeSpan);
            feed(keys);
        }

        End(over);
    }

    private void End(Action over)
    {
        _isOver = true;
        over();
    }
}
