using System.Numerics;
using Checking.PageTypes;
using FourByTwo = Checking.PageTypes.Shape<
    Checking.PageTypes.Even<Checking.PageTypes.Even<Checking.PageTypes.Odd<Checking.PageTypes.None>>>,
    Checking.PageTypes.Even<Checking.PageTypes.Odd<Checking.PageTypes.None>>>;

namespace Checking.Tests.PageTypes;

/// <summary>States are no wider than their declared ranges ask for, and fields do not run into each other.</summary>
public sealed class PackingTests
{
    [Theory]
    [InlineData(3, 2, 49)]
    [InlineData(4, 1, 54)]
    [InlineData(3, 3, 58)]
    [InlineData(5, 1, 71)]
    [InlineData(4, 2, 74)]
    public void A_state_has_the_bits_of_its_ranges(int frames, int entries, int bits) =>
        Assert.Equal(bits, new PageTypesModel(new(frames, entries)).StateBits);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(99_999, 1, 1)]
    [InlineData(2, 0, 1)]
    [InlineData(2, 9, 1)]
    [InlineData(2, 1, 3)]
    public void A_size_out_of_range_is_refused_in_words(int frames, int entries, int movable)
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new PageTypesSizes(frames, entries, movable));

        Assert.StartsWith("pagetypes takes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public unsafe void A_field_that_lies_in_two_words_is_read_as_written()
    {
        Random random = new(1);
        BigInteger expected = 0;
        ulong* cell = stackalloc ulong[] { 0, 0 };
        for (int i = 0; i < 10_000; i++)
        {
            int width = random.Next(1, 20);
            int at = random.Next(0, 128 - width);
            ulong value = (ulong)random.NextInt64();
            Cell<FourByTwo>.Write(cell, (uint)at, width, value);
            BigInteger mask = ((BigInteger.One << width) - 1) << at;
            expected = (expected & ~mask) | (((BigInteger)value << at) & mask);

            Assert.Equal((ulong)(expected >> at & ((BigInteger.One << width) - 1)), Cell<FourByTwo>.Read(cell, (uint)at, width));
            Assert.Equal(expected, (BigInteger)cell[1] << 64 | cell[0]);
        }
    }
}
