namespace Conformance.Runs;

/// <summary>Where a guest's keys come from: a file, a pipe or a terminal. Read on the guest's thread.</summary>
public abstract class KeySource
{
    /// <summary>No keys at all.</summary>
    public static KeySource None { get; } = new FixedKeys(default);

    /// <summary>Whether no key will come any more.</summary>
    public abstract bool IsOver { get; }

    /// <summary>How long a guest that does nothing but wait is given for the next key.</summary>
    public virtual TimeSpan Patience => TimeSpan.Zero;

    /// <summary>The keys that have come since the last call; empty if none has.</summary>
    public abstract ReadOnlyMemory<byte> Take();

    /// <summary>Waits for a key while the guest is idle, so that an idle guest costs no CPU.</summary>
    public virtual void Wait(TimeSpan atMost)
    {
    }
}

/// <summary>All keys known from the start: the guest takes them at its own pace, the same in every run.</summary>
public sealed class FixedKeys(ReadOnlyMemory<byte> keys) : KeySource
{
    private ReadOnlyMemory<byte> _keys = keys;

    public override bool IsOver => _keys.IsEmpty;

    public override ReadOnlyMemory<byte> Take()
    {
        ReadOnlyMemory<byte> taken = _keys;
        _keys = default;
        return taken;
    }
}

/// <summary>Keys that a thread of its own delivers as a person or another program gives them.</summary>
public sealed class LiveKeys : KeySource
{
    // A monitor rather than a Lock, because the guest's thread waits on it.
    private readonly object _gate = new();
    private readonly List<byte> _keys = [];
    private volatile bool _hasKeys;
    private bool _isOver;

    /// <param name="read">blocks for the next keys; empty at the end; runs on a background thread</param>
    /// <param name="patience">how long an idle guest is given for the next key</param>
    public LiveKeys(Func<ReadOnlyMemory<byte>> read, TimeSpan patience)
    {
        Patience = patience;
        new Thread(() => Pump(read)) { IsBackground = true, Name = "keys" }.Start();
    }

    public override TimeSpan Patience { get; }

    public override bool IsOver
    {
        get
        {
            lock (_gate) return _isOver && _keys.Count == 0;
        }
    }

    public override ReadOnlyMemory<byte> Take()
    {
        if (!_hasKeys) return default;
        lock (_gate)
        {
            byte[] taken = [.. _keys];
            _keys.Clear();
            _hasKeys = false;
            return taken;
        }
    }

    public override void Wait(TimeSpan atMost)
    {
        lock (_gate)
        {
            if (!_hasKeys && !_isOver) Monitor.Wait(_gate, atMost);
        }
    }

    private void Pump(Func<ReadOnlyMemory<byte>> read)
    {
        for (ReadOnlyMemory<byte> next = read(); !next.IsEmpty; next = read())
        {
            lock (_gate)
            {
                _keys.AddRange(next.Span);
                _hasKeys = true;
                Monitor.PulseAll(_gate);
            }
        }

        lock (_gate)
        {
            _isOver = true;
            Monitor.PulseAll(_gate);
        }
    }
}
