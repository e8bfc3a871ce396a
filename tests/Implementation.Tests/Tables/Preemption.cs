using Implementation.Hypervisor;

namespace Implementation.Tests.Tables;

/// <summary>Audits and their undoing stop at any point, truthfully, and come to the same end.</summary>
public class Preemption
{
    /// <summary>Pins and unpins a tree with a stop at the n-th chance, and at every chance.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stop_anywhere_changes_nothing_in_the_end(bool isBad)
    {
        string expected = Outcome(isBad, _ => false, out int chances);
        Assert.True(chances > 1500, $"{chances} chances to stop");

        Assert.Equal(expected, Outcome(isBad, _ => true, out _));
        for (int n = 0; n < chances; n += n < 40 ? 1 : 17)
            Assert.Equal(expected, Outcome(isBad, chance => chance == n, out _));
    }

    private static string Outcome(bool isBad, Func<int, bool> stop, out int chances)
    {
        using Bench bench = new(12);
        (ulong l4, ulong l3, ulong l1) = (bench.Frames[0], bench.Frames[1], bench.Frames[4]);
        (ulong l2a, ulong l2b) = (bench.Frames[2], bench.Frames[3]);
        bench.Poke(l4, 3, l3, Bench.Rw);
        bench.Poke(l3, 0, l2a, Bench.Rw);
        bench.Poke(l3, 500, l2b, Bench.Rw);
        bench.Poke(l2a, 1, l1, Bench.Rw);
        bench.Poke(l2b, 2, l1, Bench.Rw);
        bench.Poke(l1, 5, bench.Frames[5], Bench.Rw);
        if (isBad) bench.Poke(l2b, 400, bench.Frames[5], Bench.Rw);

        int asked = 0;
        bench.Tables.Preempt = () => stop(asked++);
        long pinned = Drive(() => bench.Tables.PinTable(bench.Domain, l4, 4));
        string middle = Describe();
        long unpinned = Drive(() => bench.Tables.UnpinTable(bench.Domain, l4));
        chances = asked;
        return $"{pinned} {middle} {unpinned} {Describe()}";

        long Drive(Func<long> operation)
        {
            long rc;
            while ((rc = operation()) == -Errno.ERESTART) CheckStop();
            while (bench.Tables.FinishTeardown() != 0) CheckStop();
            return rc;
        }

        void CheckStop()
        {
            Assert.Null(Recount.FirstMistake(bench));
            Assert.Contains(bench.Frames, mfn => bench.Xen.Frames[mfn].IsPartial);
        }

        string Describe() => string.Join(' ', bench.Frames.Select(mfn => bench.Xen.Frames[mfn])
            .Select(f => $"{(f.TypeCount > 0 ? f.Type : PageType.None)}:{f.TypeCount}/{f.RefCount}{(f.IsPartial ? "!" : "")}"));
    }

    [Fact]
    public void A_partial_table_is_no_table_yet_and_nothing_else_either()
    {
        using Bench bench = new(8);
        ulong[] chain = bench.Chain();
        bench.Tables.Preempt = () => true;

        Assert.Equal(-Errno.ERESTART, bench.Tables.PinTable(bench.Domain, chain[0], 4));
        FrameInfo l3 = bench.Xen.Frames[chain[1]];
        Assert.True(l3 is { IsPartial: true, IsValidated: false, TypeCount: 1, ValidatedEntries: 0, IsNextEntryPartial: true });
        Assert.True(bench.Xen.Frames[chain[2]] is { IsPartial: true, ValidatedEntries: 1 });

        Assert.Equal(-Errno.EINVAL, bench.Tables.BeginModifyEntry(bench.Domain, chain[1], 0, 0, false, bench.Domain.Id));
        Assert.Equal(-Errno.EINVAL, bench.Tables.GetPageType(chain[1], PageType.Writable));
        Assert.Equal(-Errno.EINVAL, bench.Tables.UnpinTable(bench.Domain, chain[0]));

        bench.Tables.Preempt = null;
        Assert.Equal(0, bench.Pin(chain[0], 4));
        Assert.Null(Recount.FirstMistake(bench));
    }
}
