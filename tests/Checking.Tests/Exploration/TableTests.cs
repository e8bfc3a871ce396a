using Checking.Exploration;

namespace Checking.Tests.Exploration;

/// <summary>The tables keep every state, level and link through all growth, whatever the states look like.</summary>
public sealed unsafe class TableTests
{
    private const int States = 120_000;

    public static TheoryData<int, string> Crowds()
    {
        TheoryData<int, string> crowds = [];
        foreach (int bits in (int[])[17, 33, 51, 61, 64])
            foreach (string crowd in (string[])["consecutive", "leading bits", "multiples", "mirrored", "products"])
                crowds.Add(bits, crowd);
        return crowds;
    }

    [Theory]
    [MemberData(nameof(Crowds))]
    public void A_packed_table_grows_without_losing_a_state(int bits, string crowd)
    {
        using HugePages pages = new(64 << 20);
        Fill(new PackedTable(bits, pages), i => [Member(crowd, i, bits)]);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(193)]
    public void A_wide_table_grows_without_losing_a_state(int bits)
    {
        using HugePages pages = new(64 << 20);
        int words = (bits + 63) / 64;
        Fill(new WideTable(bits, pages), i => [.. Enumerable.Range(0, words).Select(word => word == 0 ? (ulong)i << 20 : (ulong)i & 1)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    public void A_packed_table_can_hold_every_state_there_is(int bits)
    {
        using HugePages pages = new(16 << 20);
        PackedTable table = new(bits, pages);
        for (ulong state = 0; state < 1UL << bits; state++)
        {
            if (state > (ulong)table.Comfortable) Assert.True(table.TryGrow(1, 16 << 20));
            Assert.Equal(Insertion.New, table.Insert(table.Hash(&state), &state, table.Mark(0, 0), shared: false));
        }

        var all = table.StatesOf(0, 0, ulong.MaxValue);
        all.Sort();
        Assert.Equal(Enumerable.Range(0, 1 << bits).Select(i => (ulong)i), all);
    }

    [Fact]
    public void The_lesser_parent_is_kept_of_those_on_one_level()
    {
        using HugePages pages = new(16 << 20);
        PackedTable table = new(51, pages);
        ulong state = 42, hash = table.Hash(&state);

        Assert.Equal(Insertion.New, table.Insert(hash, &state, table.Mark(3, ulong.MaxValue / 4 * 3), shared: false));
        Assert.Equal(Insertion.Known, table.Insert(hash, &state, table.Mark(3, ulong.MaxValue / 2), shared: true));
        Assert.Equal(Insertion.Known, table.Insert(hash, &state, table.Mark(3, ulong.MaxValue), shared: false));
        Assert.Equal(Insertion.Known, table.Insert(hash, &state, table.Mark(4, 0), shared: false));

        Assert.Equal(ulong.MaxValue / 2 >> (64 - table.LinkBits), table.Link(hash, &state));
        Assert.Equal([state], table.StatesOf(3, 0, ulong.MaxValue));
        Assert.Empty(table.StatesOf(4, 0, ulong.MaxValue));
    }

    [Theory]
    [InlineData(51, 300)]
    [InlineData(61, 5_000)]
    [InlineData(90, 1_000_000)]
    public void Levels_are_told_apart_however_many_there_are(int bits, int levels)
    {
        using HugePages pages = new(64 << 20);
        if (bits <= 64) Deepen(new PackedTable(bits, pages), levels);
        else Deepen(new WideTable(bits, pages), levels);
    }

    private static void Deepen<TTable>(TTable table, int levels) where TTable : struct, IVisitedTable
    {
        ulong* state = stackalloc ulong[2];
        for (int level = 0; level < levels; level++)
        {
            (state[0], state[1]) = ((ulong)level, 0);
            if (level > table.Comfortable) Assert.True(table.TryGrow(level + 2, 64 << 20));
            Assert.True(table.TryHold(level + 2, 64 << 20));
            Assert.Equal(Insertion.New, table.Insert(table.Hash(state), state, table.Mark(level, 0), shared: false));
        }

        foreach (int level in (int[])[0, 1, levels / 2, levels - 1])
            Assert.Equal((ulong)level, table.StatesOf(level, 0, ulong.MaxValue)[0]);
    }

    private static void Fill<TTable>(TTable table, Func<int, ulong[]> member) where TTable : struct, IVisitedTable
    {
        int linkBits = table.LinkBits;
        for (int i = 0; i < States; i++)
        {
            if (i > table.Comfortable) Assert.True(table.TryGrow(8, 64 << 20));
            linkBits = Math.Min(linkBits, table.LinkBits);
            Assert.Equal(Insertion.New, Put(ref table, member(i), table.Mark(i % 5, Parent(i))));
        }

        for (int i = 0; i < States; i++)
        {
            Assert.Equal(Insertion.Known, Put(ref table, member(i), table.Mark(i % 5, ulong.MaxValue)));
            fixed (ulong* words = member(i))
                Assert.Equal(Parent(i) >> (64 - linkBits), table.Link(table.Hash(words), words) >> (table.LinkBits - linkBits));
        }

        Assert.Equal(States / 5 * table.Words, table.StatesOf(2, 0, ulong.MaxValue).Count);
    }

    private static Insertion Put<TTable>(ref TTable table, ulong[] state, ulong mark) where TTable : struct, IVisitedTable
    {
        fixed (ulong* words = state) return table.Insert(table.Hash(words), words, mark, shared: false);
    }

    private static ulong Parent(int i) => (ulong)i * 0x9E3779B97F4A7C15;

    private static ulong Member(string crowd, int i, int bits)
    {
        ulong value = (ulong)i, mask = ulong.MaxValue >> (64 - bits);
        return crowd switch
        {
            "consecutive" => value,
            "leading bits" => (value << (bits - 17)) & mask,
            "multiples" => (value * 0x1_0001) & mask,
            "mirrored" => (value << (bits - 17) | (bits >= 34 ? value : 0)) & mask,
            "products" => (value * 0xf1de83e19937733d) & mask, // The mixer's own kind of number.
            _ => throw new ArgumentException($"No crowd is called {crowd}."),
        };
    }
}
