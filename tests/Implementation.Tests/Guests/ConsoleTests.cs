using System.Buffers.Binary;
using System.Text;
using Implementation.Hypervisor;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Guests;

/// <summary>The console ring: what the guest writes, what is typed, and indices that lie.</summary>
public sealed class ConsoleTests : IDisposable
{
    private const int InConsumer = 3072, InProducer = 3076, OutConsumer = 3080, OutProducer = 3084;

    private readonly TestGuest _guest = new();

    private Span<byte> Page => _guest.Xen.Memory.Frame(Ring(_guest));

    [Fact]
    public void Output_is_taken_when_the_guest_sends()
    {
        Write("hello");
        Assert.Equal("", _guest.ConsoleText);
        _guest.Domain.Events.Send(_guest.Domain.ConsolePort);
        Assert.Equal("hello", _guest.ConsoleText);
        Assert.Equal(Index(OutProducer), Index(OutConsumer));
    }

    [Fact]
    public void Output_wraps_around_the_ring()
    {
        string line = new('x', 700);
        for (int i = 0; i < 10; i++)
        {
            Write(line);
            _guest.Call(29, 0); // yield
        }

        Assert.Equal(7000, _guest.ConsoleText.Length);
    }

    [Theory]
    [InlineData(2049u)]
    [InlineData(0x8000_0000u)]
    [InlineData(0xffff_ffffu)]
    public void Output_indices_that_make_no_sense_are_ignored(uint producer)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Page[OutProducer..], producer);
        _guest.Domain.Events.Send(_guest.Domain.ConsolePort);
        Assert.Equal("", _guest.ConsoleText);
    }

    [Fact]
    public void Keys_are_offered_a_line_at_a_time_once_the_last_is_taken()
    {
        _guest.Domain.Console!.Feed("one\ntwo\n"u8);
        Assert.Equal(0u, Index(InProducer));
        _guest.Call(29, 0);
        Assert.Equal("one\n", Typed());
        _guest.Call(29, 0);
        Assert.Equal("one\n", Typed());
        BinaryPrimitives.WriteUInt32LittleEndian(Page[InConsumer..], Index(InProducer));
        _guest.Call(29, 0);
        Assert.Equal("two\n", Typed());
    }

    [Fact]
    public void The_ring_is_left_alone_once_its_frame_is_a_page_table()
    {
        ulong mfn = Ring(_guest);
        // The mapping the builder made is the only writable one; without it the frame can become a table.
        ulong linear = Enumerable.Range(0, 1024).Select(page => (ulong)page << 12).First(l => _guest.FrameOf(l) == mfn);
        Assert.Equal(0, _guest.Call(14, linear, 0, 2));
        Page.Clear();
        Assert.Equal(0, _guest.Call(26, _guest.Put(0UL, mfn, 0UL), 1, 0, 0x7ff0)); // pin as L1

        BinaryPrimitives.WriteUInt32LittleEndian(Page[OutProducer..], 5);
        _guest.Domain.Console!.Feed("key\n"u8);
        _guest.Domain.Events.Send(_guest.Domain.ConsolePort);
        _guest.Call(29, 0);
        Assert.Equal("", _guest.ConsoleText);
        Assert.Equal(0u, Index(OutConsumer));
        Assert.Equal(0u, Index(InProducer));
    }

    [Fact]
    public void A_guest_that_spins_gets_its_keys_and_a_guest_that_blocks_is_woken_by_them()
    {
        using TestGuest guest = new(asm =>
        {
            var spin = asm.CreateLabel();
            asm.mov(rbx, __[TestGuest.Data]);
            asm.Label(ref spin);
            asm.mov(eax, __[rbx + InProducer]);
            asm.test(eax, eax);
            asm.jz(spin);
            asm.mov(__[rbx + InConsumer], eax);
            asm.PowerOff();
        });
        ulong mfn = Ring(guest);
        guest.SetWord(TestGuest.Data, Enumerable.Range(0, 1024).Select(page => (ulong)page << 12).First(l => guest.FrameOf(l) == mfn));
        guest.Domain.Console!.Feed("x"u8);

        RunResult result = guest.Run(10_000_000);
        Assert.Equal(StopReason.Shutdown, result.Reason);
        Assert.InRange(result.Instructions, 500_000ul, 500_100ul);
    }

    public void Dispose() => _guest.Dispose();

    private static ulong Ring(TestGuest guest) => ulong.Parse(
        guest.Xen.Store.Connect(0).ReadText("/local/domain/1/console/ring-ref")!, System.Globalization.CultureInfo.InvariantCulture);

    private void Write(string text)
    {
        uint producer = Index(OutProducer);
        foreach (byte b in Encoding.ASCII.GetBytes(text)) Page[1024 + (int)(producer++ & 2047)] = b;
        BinaryPrimitives.WriteUInt32LittleEndian(Page[OutProducer..], producer);
    }

    private string Typed() => Encoding.ASCII.GetString(Page[(int)Index(InConsumer)..(int)Index(InProducer)]);

    private uint Index(int at) => BinaryPrimitives.ReadUInt32LittleEndian(Page[at..]);
}
