using Implementation.Hypervisor;

namespace Implementation.Tests.Tables;

/// <summary>Whatever is asked, in whatever order, wherever it is preempted: every count equals the number of its holders.</summary>
public class CountsProperty
{
    private const int FramesOfALevel = 3;

    private static readonly int[] Slots = [0, 1, 2, 255, 256, 271, 272, 511], Slots32 = [0, 1, 2, 3, 3, 4, 427, 428];

    private static readonly ulong[] Flags =
    [
        0, Bench.Ro, Bench.Ro, Bench.Ro, Bench.Rw, Bench.Rw, Pte.Present, Pte.Present | Pte.Writable, Bench.Ro | Pte.Dirty,
        Bench.Rw | Pte.NoExecute, Bench.Ro | Pte.Global, Bench.Rw | Pte.PageSize, Bench.Ro | Pte.CacheDisable,
    ];

    private readonly HashSet<string> _seen = [];

    [Theory]
    [InlineData(1, 3000, false, DomainKind.Pv64)]
    [InlineData(2, 3000, true, DomainKind.Pv64)]
    [InlineData(3, 3000, false, DomainKind.Pv32Pae)]
    [InlineData(4, 3000, true, DomainKind.Pv32Pae)]
    public void Counts_equal_holders(int seed, int sequences, bool isPreempted, DomainKind kind)
    {
        for (int i = 0; i < sequences; i++)
            Run(new(unchecked((seed * 1_000_003) + i)), isPreempted, kind, $"seed {seed}, sequence {i}");

        List<string> needed = ["root over all levels", "sibling", "audit failed half way", "freed"];
        if (kind == DomainKind.Pv32Pae) needed.Add("Xen's L2");
        if (isPreempted) needed.AddRange(["partial below partial", "teardown stopped", "interleaved"]);
        Assert.Empty(needed.Except(_seen));
    }

    private void Run(Random random, bool isPreempted, DomainKind kind, string name)
    {
        using Bench bench = new(frames: FramesOfALevel * 5, machine: 44, seed: (ulong)random.Next(), kind: kind);
        if (isPreempted) bench.Tables.Preempt = () => random.Next(200) == 0;

        for (int step = 0; step < 60; step++)
        {
            string what = Drive(bench, random, mayInterleave: true);
            string? mistake = Recount.FirstMistake(bench);
            Assert.True(mistake is null, $"{name}, step {step}, {what}: {mistake}");
            Note(bench);
        }
    }

    /// <summary>Remembers the situations without which the property would say little.</summary>
    private void Note(Bench bench)
    {
        foreach (ulong mfn in bench.Frames)
        {
            FrameInfo frame = bench.Xen.Frames[mfn];
            if (frame.LinearCount < 0) _seen.Add("sibling");
            if (frame.IsPartial && frame.IsNextEntryPartial) _seen.Add("partial below partial");
            if (frame.RefCount == 0) _seen.Add("freed");
            if (frame is { HasXenSlots: true, IsValidated: true }) _seen.Add("Xen's L2");
            int root = (int)PageTables.RootType(bench.Domain);
            if ((int)frame.Type == root && frame.IsValidated && Depth(bench, mfn, root) == root) _seen.Add("root over all levels");
        }
    }

    private static int Depth(Bench bench, ulong table, int level)
    {
        if (level == 1) return 1;

        int deepest = 0;
        foreach (ulong entry in bench.Xen.Memory.Entries(table))
        {
            if (Pte.IsPresent(entry) && bench.Xen.Frames[Pte.Mfn(entry)].Type == (PageType)(level - 1))
                deepest = Math.Max(deepest, Depth(bench, Pte.Mfn(entry), level - 1));
        }

        return 1 + deepest;
    }

    /// <summary>Performs one operation to its end, with a recount at each stop; other operations may get in between.</summary>
    private string Drive(Bench bench, Random random, bool mayInterleave)
    {
        (string what, Func<long> operation) = Choose(bench, random);
        while (operation() == -Errno.ERESTART)
        {
            string? mistake = Recount.FirstMistake(bench);
            Assert.True(mistake is null, $"{what}, stopped: {mistake}");
            Note(bench);
            if (!mayInterleave || bench.Tables.Pending.Any() || random.Next(2) == 0) continue;

            _seen.Add("interleaved");
            what += ", " + Drive(bench, random, mayInterleave: false);
        }

        if (bench.Tables.Pending.Any(table => table.IsPartial)) _seen.Add("audit failed half way");

        while (bench.Tables.FinishTeardown() != 0)
        {
            string? mistake = Recount.FirstMistake(bench);
            Assert.True(mistake is null, $"{what}, teardown stopped: {mistake}");
            _seen.Add("teardown stopped");
        }

        return what;
    }

    private static (string What, Func<long> Operation) Choose(Bench bench, Random random)
    {
        Domain domain = bench.Domain;
        PageTables tables = bench.Tables;
        int level = random.Next(1, (int)PageTables.RootType(domain) + 1);
        ulong mfn = At(level), target = At(level - 1);
        int slot = domain.Is32Bit ? Slots32[random.Next(Slots32.Length)] : Slots[random.Next(Slots.Length)];
        switch (random.Next(20))
        {
            case < 11:
                ulong entry = Pte.Make(target, Flags[random.Next(Flags.Length)]);
                bool preserve = random.Next(4) == 0;
                return ($"{mfn:x}[{slot}] := {entry:x}", () => tables.BeginModifyEntry(domain, mfn, slot, entry, preserve, domain.Id));
            case < 15:
                return ($"pin L{level} {mfn:x}", () => tables.PinTable(domain, mfn, level));
            case < 18:
                return ($"unpin {mfn:x}", () => tables.UnpinTable(domain, mfn));
            case 18:
                return ($"give back {mfn:x}", () => GiveBack(bench, mfn));
            default:
                return ("take", () => bench.Xen.Heap.TryAllocate(domain, out _) ? 0 : -Errno.ENOMEM);
        }

        // A frame meant for the level, mostly; sometimes any, one that was given back, or one that never was the domain's.
        ulong At(int meant) => random.Next(40) switch
        {
            0 => (ulong)random.Next(48),
            < 10 => bench.Frames[random.Next(bench.Frames.Length)],
            _ => bench.Frames[(meant * FramesOfALevel) + random.Next(FramesOfALevel)],
        };
    }

    private static long GiveBack(Bench bench, ulong mfn)
    {
        if (!bench.Tables.TryGetPage(mfn, bench.Domain.Id)) return -Errno.EINVAL;

        bench.Tables.PutAllocation(mfn);
        bench.Tables.PutPage(mfn);
        return 0;
    }
}
