using Implementation.Hypervisor;

namespace Implementation.Devices;

/// <summary>Domain0's end of a domain's console ring (xen/include/public/io/console.h).</summary>
/// <remarks>
/// <para>
/// Output is taken from the ring when the guest sends an event, yields, or is about to block, and at the end of the run.
/// </para>
/// <para>
/// Input is a function of the guest's progress alone: keys fed before a run, or while it goes, wait here and are put into the
/// ring one line at a time, and only once the guest has taken everything put there before. The occasions are: it yields, polls or
/// blocks, or it has run through a whole slice of instructions. So a guest that reads a script never loses a key to a reset of
/// its ring, and meets each line when it has finished with the one before.
/// </para>
/// </remarks>
public sealed class XenConsole
{
    private const int InAt = 0, InSize = 1024, OutAt = 1024, OutSize = 2048;
    private const int InConsumerAt = 3072, InProducerAt = 3076, OutConsumerAt = 3080, OutProducerAt = 3084;

    private readonly DeviceRing _ring;
    private readonly EventChannel _channel;
    private readonly Queue<byte> _keys = [];
    private readonly object _keysLock = new();

    internal XenConsole(Domain domain, ulong mfn, uint port)
    {
        _ring = new(domain, mfn);
        _channel = domain.Events.BindBackend(port, Drain);
    }

    /// <summary>Raised with what the guest wrote, on the thread that runs it. The bytes are the receiver's to keep.</summary>
    public event Action<ReadOnlyMemory<byte>>? Output;

    /// <summary>Whether keys may still be fed from another thread, so that a guest that waits for them is not at its end.</summary>
    public bool ExpectsInput { get; set; }

    private bool HasKeys
    {
        get
        {
            lock (_keysLock) return _keys.Count > 0;
        }
    }

    /// <summary>Types keys. May be called from any thread, before or during a run.</summary>
    public void Feed(ReadOnlySpan<byte> keys)
    {
        lock (_keysLock)
        {
            foreach (byte key in keys) _keys.Enqueue(key);
            Monitor.PulseAll(_keysLock);
        }
    }

    /// <summary>Takes everything the guest has written.</summary>
    internal void Drain()
    {
        if (!_ring.IsMappable) return;

        uint consumer = _ring.Page.Read<uint>(OutConsumerAt), producer = _ring.Page.Read<uint>(OutProducerAt);
        uint length = producer - consumer;
        // Indices are the guest's to write. More than a ring full means nothing.
        if (length is 0 or > OutSize) return;

        byte[] text = new byte[length];
        _ring.CopyOut(OutAt, OutSize, consumer, text);
        _ring.Page.Write(OutConsumerAt, producer);
        Output?.Invoke(text);
        _channel.Notify();
    }

    /// <summary>Puts the next line of keys into the ring if the guest has taken the one before.</summary>
    /// <returns>whether any key was put there</returns>
    internal bool OfferInput()
    {
        if (!HasKeys || !_ring.IsMappable) return false;

        uint consumer = _ring.Page.Read<uint>(InConsumerAt), producer = _ring.Page.Read<uint>(InProducerAt);
        if (consumer != producer) return false;

        Span<byte> line = stackalloc byte[InSize];
        int length = TakeLine(line);
        _ring.CopyIn(InAt, InSize, producer, line[..length]);
        _ring.Page.Write(InProducerAt, producer + (uint)length);
        _channel.Notify();
        return true;
    }

    /// <summary>Waits, in real time, for someone to type.</summary>
    /// <returns>whether there are keys; false if none are expected or the wait was cancelled</returns>
    internal bool WaitForInput(CancellationToken cancelled)
    {
        using CancellationTokenRegistration wake = cancelled.Register(() =>
        {
            lock (_keysLock) Monitor.PulseAll(_keysLock);
        });

        lock (_keysLock)
        {
            while (_keys.Count == 0 && ExpectsInput && !cancelled.IsCancellationRequested) Monitor.Wait(_keysLock);
            // A cancelled run ends at the caller's next look at its token.
            return ExpectsInput || _keys.Count > 0;
        }
    }

    private int TakeLine(Span<byte> line)
    {
        lock (_keysLock)
        {
            int length = 0;
            while (length < line.Length && _keys.TryDequeue(out byte key))
            {
                line[length++] = key;
                if (key is (byte)'\n' or (byte)'\r') break;
            }

            return length;
        }
    }
}
