using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Implementation.Hypervisor;

namespace Implementation.Devices;

/// <summary>The store's end of a domain's xenstore ring (xen/include/public/io/xs_wire.h).</summary>
/// <remarks>
/// Served when the guest sends an event, yields, polls or blocks, and when a watch fires. A guest that breaks the protocol, or
/// lets its events pile up beyond <see cref="LargestBacklog"/>, is no longer served; nobody else notices.
/// </remarks>
public sealed class XenStoreRing
{
    private const int RequestsAt = 0, RepliesAt = 1024, Size = 1024;
    private const int RequestConsumerAt = 2048, RequestProducerAt = 2052, ReplyConsumerAt = 2056, ReplyProducerAt = 2060;

    private const int LargestBacklog = 1 << 18;

    private readonly DeviceRing _ring;
    private readonly EventChannel _channel;
    private readonly StoreProtocol _protocol;
    private readonly List<byte> _request = [];
    private readonly Queue<byte> _replies = [];
    private bool _isServing;

    internal XenStoreRing(Domain domain, ulong mfn, uint port)
    {
        XenStore store = domain.Xen.Store;
        _ring = new(domain, mfn);
        _channel = domain.Events.BindBackend(port, Serve);
        _protocol = new(store, store.Connect(domain.Id, WatchFired), Send);
        store.Introduce(domain.Id);
    }

    /// <summary>Whether the guest has broken the protocol and is no longer served.</summary>
    public bool IsSevered { get; private set; }

    /// <summary>Answers every request in the ring, as far as there is room for the answers.</summary>
    internal void Serve()
    {
        if (IsSevered || _isServing || !_ring.IsMappable) return;

        _isServing = true;
        bool moved = Flush();
        // With answers waiting, no more questions: a guest that does not read cannot make them grow.
        while (_replies.Count == 0 && TryTakeRequest(out StoreMessage request))
        {
            _protocol.Handle(request);
            moved = true;
            Flush();
        }

        _isServing = false;
        if (moved) _channel.Notify();
    }

    private void WatchFired(string path, string token)
    {
        Send(StoreProtocol.Event(path, token));
        if (!_isServing && !IsSevered && _ring.IsMappable && Flush()) _channel.Notify();
    }

    private void Send(StoreMessage message)
    {
        if (_replies.Count + message.Payload.Length > LargestBacklog)
        {
            IsSevered = true;
            return;
        }

        Span<byte> header = stackalloc byte[StoreMessage.HeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)message.Type);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], message.Request);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], message.Transaction);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], message.Payload.Length);
        foreach (byte b in header) _replies.Enqueue(b);
        foreach (byte b in message.Payload) _replies.Enqueue(b);
    }

    /// <summary>Collects a request, whose bytes may come in any portions.</summary>
    private bool TryTakeRequest(out StoreMessage request)
    {
        request = default;
        if (!TryFill(StoreMessage.HeaderSize)) return false;

        uint length = Word(12);
        if (length > StoreMessage.LargestPayload)
        {
            IsSevered = true;
            return false;
        }

        if (!TryFill(StoreMessage.HeaderSize + (int)length)) return false;

        request = new((StoreMessageType)Word(0), Word(4), Word(8), [.. _request.Skip(StoreMessage.HeaderSize)]);
        _request.Clear();
        return true;
    }

    /// <summary>Takes bytes from the ring until the request holds <paramref name="wanted"/>.</summary>
    private bool TryFill(int wanted)
    {
        uint consumer = _ring.Page.Read<uint>(RequestConsumerAt), available = _ring.Page.Read<uint>(RequestProducerAt) - consumer;
        if (available > Size)
        {
            IsSevered = true;
            return false;
        }

        Span<byte> taken = stackalloc byte[(int)Math.Min(available, (uint)Math.Max(wanted - _request.Count, 0))];
        _ring.CopyOut(RequestsAt, Size, consumer, taken);
        _request.AddRange(taken);
        _ring.Page.Write(RequestConsumerAt, consumer + (uint)taken.Length);
        return _request.Count >= wanted;
    }

    /// <summary>Moves waiting answers into the ring.</summary>
    /// <returns>whether any went</returns>
    private bool Flush()
    {
        uint producer = _ring.Page.Read<uint>(ReplyProducerAt), used = producer - _ring.Page.Read<uint>(ReplyConsumerAt);
        if (used > Size)
        {
            IsSevered = true;
            return false;
        }

        Span<byte> going = stackalloc byte[Math.Min(_replies.Count, Size - (int)used)];
        for (int i = 0; i < going.Length; i++) going[i] = _replies.Dequeue();
        _ring.CopyIn(RepliesAt, Size, producer, going);
        _ring.Page.Write(ReplyProducerAt, producer + (uint)going.Length);
        return going.Length > 0;
    }

    private uint Word(int at) => BinaryPrimitives.ReadUInt32LittleEndian(CollectionsMarshal.AsSpan(_request)[at..]);
}
