using System.Buffers.Binary;
using System.Text;
using Implementation.Tests.Guests;

namespace Implementation.Tests.Store;

/// <summary>The ring to the store, from the guest's side of the page.</summary>
public sealed class StoreRingTests : IDisposable
{
    private const int RequestConsumer = 2048, RequestProducer = 2052, ReplyConsumer = 2056, ReplyProducer = 2060;
    private const uint Directory = 1, Read = 2, Watch = 4, Start = 6, EndTransaction = 7, Write = 11, Event = 15, Error = 16;

    private readonly TestGuest _guest = new();
    private readonly ulong _mfn;

    public StoreRingTests() => _mfn = ulong.Parse(
        _guest.Xen.Store.Connect(0).ReadText("/local/domain/1/store/ring-ref")!, System.Globalization.CultureInfo.InvariantCulture);

    private Span<byte> Page => _guest.Xen.Memory.Frame(_mfn);

    [Fact]
    public void A_request_is_answered_with_its_own_numbers()
    {
        Send(Read, 7, 0, "name\0");
        Assert.Equal((Read, 7u, 0u, "image"), Receive());
        Send(Read, 8, 0, "no-such\0");
        Assert.Equal((Error, 8u, 0u, "ENOENT\0"), Receive());
        Send(99, 9, 0, "x\0");
        Assert.Equal((Error, 9u, 0u, "ENOSYS\0"), Receive());
    }

    [Fact]
    public void A_watch_fires_once_after_its_reply_and_before_the_reply_of_what_sets_it_off()
    {
        Send(Watch, 1, 0, "data\0token\0");
        Assert.Equal((Watch, "OK\0"), TypeAndText(Receive()));
        Assert.Equal((Event, "data\0token\0"), TypeAndText(Receive()));
        Send(Write, 2, 0, "data\0new");
        Assert.Equal((Event, "data\0token\0"), TypeAndText(Receive()));
        Assert.Equal((Write, "OK\0"), TypeAndText(Receive()));
    }

    [Fact]
    public void A_transaction_runs_over_the_ring()
    {
        Send(Start, 1, 0, "\0");
        string id = Receive().Text.TrimEnd('\0');
        uint transaction = uint.Parse(id, System.Globalization.CultureInfo.InvariantCulture);
        Send(Write, 2, transaction, "data/x\0" + "1");
        Receive();
        Send(EndTransaction, 3, transaction, "T\0");
        Assert.Equal((EndTransaction, 3u, transaction, "OK\0"), Receive());
        Send(Directory, 4, 0, "data\0");
        Assert.Equal("x\0", Receive().Text);
    }

    [Fact]
    public void A_request_may_come_in_pieces_and_across_the_end_of_the_ring()
    {
        for (int i = 0; i < 100; i++)
        {
            byte[] message = Message(Read, (uint)i, 0, "name\0");
            Put(message[..3]);
            Kick();
            Put(message[3..19]);
            Kick();
            Put(message[19..]);
            Kick();
            Assert.Equal((Read, (uint)i, 0u, "image"), Receive());
        }
    }

    [Fact]
    public void Answers_wait_for_room_and_questions_for_answers()
    {
        for (int i = 0; i < 60; i++) Put(Message(Read, (uint)i, 0, "name\0"), mayFail: true);
        Kick();
        int answered = 0;
        for (int rounds = 0; rounds < 200 && answered < 40; rounds++)
        {
            if (Available() == 0) Kick();
            if (Available() == 0) break;
            Assert.Equal((uint)answered++, Receive().Request);
        }

        Assert.InRange(answered, 30, 60);
    }

    [Theory]
    [InlineData(RequestProducer, 5000u)]
    [InlineData(RequestProducer, 0xffff_ffffu)]
    [InlineData(ReplyConsumer, 5000u)]
    [InlineData(ReplyConsumer, 0x8000_0000u)]
    public void Indices_that_make_no_sense_end_the_service_and_nothing_else(int index, uint value)
    {
        Send(Read, 1, 0, "name\0");
        Receive();
        BinaryPrimitives.WriteUInt32LittleEndian(Page[index..], value);
        Put(Message(Read, 2, 0, "name\0"), mayFail: true);
        if (index == RequestProducer) BinaryPrimitives.WriteUInt32LittleEndian(Page[index..], value);
        Kick();
        Assert.True(_guest.Domain.StoreRing!.IsSevered);
        Kick();
        Assert.False(_guest.Domain.HasEnded);
    }

    [Fact]
    public void A_request_longer_than_the_protocol_allows_ends_the_service()
    {
        byte[] message = Message(Read, 1, 0, "name\0");
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(12), 4097);
        Put(message);
        Kick();
        Assert.True(_guest.Domain.StoreRing!.IsSevered);
    }

    [Fact]
    public void A_guest_that_reads_no_events_is_cut_off_before_they_fill_the_host()
    {
        Send(Watch, 1, 0, "data\0token\0");
        var control = _guest.Xen.Store.Connect(0);
        for (int i = 0; i < 100_000 && !_guest.Domain.StoreRing!.IsSevered; i++) control.Write(0, "/local/domain/1/data", "x");
        Assert.True(_guest.Domain.StoreRing!.IsSevered);
        Assert.Equal("x", control.ReadText("/local/domain/1/data"));
    }

    [Fact]
    public void Random_bytes_in_the_ring_harm_nobody()
    {
        Random random = new(4711);
        for (int i = 0; i < 5000; i++)
        {
            byte[] noise = new byte[random.Next(1, 64)];
            random.NextBytes(noise);
            // Kinds and lengths that make sense reach deeper than noise.
            if (noise.Length > 20)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(noise, (uint)random.Next(24));
                BinaryPrimitives.WriteUInt32LittleEndian(noise.AsSpan(8), (uint)random.Next(3));
                BinaryPrimitives.WriteUInt32LittleEndian(noise.AsSpan(12), (uint)noise.Length - 16);
                noise[^1] = 0;
            }

            Put(noise, mayFail: true);
            if (random.Next(50) == 0) random.NextBytes(Page.Slice(2048, 16));
            else BinaryPrimitives.WriteUInt32LittleEndian(Page[ReplyConsumer..], Index(ReplyProducer));
            Kick();
        }

        Assert.Equal("image", _guest.Xen.Store.Connect(0).ReadText("/local/domain/1/name"));
    }

    public void Dispose() => _guest.Dispose();

    private static (uint, string) TypeAndText((uint Type, uint, uint, string Text) message) => (message.Type, message.Text);

    private static byte[] Message(uint type, uint request, uint transaction, string payload)
    {
        byte[] bytes = [.. new[] { type, request, transaction, (uint)payload.Length }.SelectMany(BitConverter.GetBytes), .. Encoding.Latin1.GetBytes(payload)];
        return bytes;
    }

    private void Send(uint type, uint request, uint transaction, string payload)
    {
        Put(Message(type, request, transaction, payload));
        Kick();
    }

    private void Kick() => _guest.Domain.Events.Send(_guest.Domain.StorePort);

    private void Put(byte[] bytes, bool mayFail = false)
    {
        uint producer = Index(RequestProducer);
        if (producer - Index(RequestConsumer) + (uint)bytes.Length > 1024)
        {
            Assert.True(mayFail);
            return;
        }

        foreach (byte b in bytes) Page[(int)(producer++ & 1023)] = b;
        BinaryPrimitives.WriteUInt32LittleEndian(Page[RequestProducer..], producer);
    }

    private uint Available() => Index(ReplyProducer) - Index(ReplyConsumer);

    private (uint Type, uint Request, uint Transaction, string Text) Receive()
    {
        byte[] header = Take(16);
        string text = Encoding.Latin1.GetString(Take((int)BitConverter.ToUInt32(header, 12)));
        return (BitConverter.ToUInt32(header, 0), BitConverter.ToUInt32(header, 4), BitConverter.ToUInt32(header, 8), text);
    }

    private byte[] Take(int count)
    {
        Assert.True(Available() >= count, "the reply is not complete");
        byte[] bytes = new byte[count];
        uint consumer = Index(ReplyConsumer);
        for (int i = 0; i < count; i++) bytes[i] = Page[1024 + (int)(consumer++ & 1023)];
        BinaryPrimitives.WriteUInt32LittleEndian(Page[ReplyConsumer..], consumer);
        return bytes;
    }

    private uint Index(int at) => BinaryPrimitives.ReadUInt32LittleEndian(Page[at..]);
}
