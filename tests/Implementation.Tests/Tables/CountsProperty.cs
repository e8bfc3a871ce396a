using Implementation.Hypervisor;

namespace Implementation.Tests.Tables;

/// <summary>Whatever is asked, in whatever order, and wherever it is preempted, every count equals the number of its holders.</summary>
public class CountsProperty
{
    private static readonly int[] Slots = [0, 1, 2, 255, 256, 271, 272, 511];

    private static readonly ulong[] Flags =
    [
        0, Bench.Ro, Bench.Ro, Bench.Ro, Bench.Rw, Bench.Rw, Pte.Present, Pte.Present | Pte.Writable, Bench.Ro | Pte.Dirty,
        Bench.Rw | Pte.NoExecute, Bench.Ro | Pte.Global, Bench.Rw | Pte.PageSize, Bench.Ro | Pte.CacheDisable,
    ];

    [Theory]
    [InlineData(1, 3000, false)]
    [InlineData(2, 3000, true)]
    public void Counts_equal_holders(int seed, int sequences, bool isPreempted)
    {
        for (int i = 0; i < sequences; i++) Run(new(unchecked((seed * 1_000_003) + i)), isPreempted, $"seed {seed}, sequence {i}");
    }

    private static void Run(Random random, bool isPreempted, string name)
    {
        using Bench bench = new(frames: 12, machine: 40, seed: (ulong)random.Next());
        if (isPreempted) bench.Tables.Preempt = () => random.Next(200) == 0;

        for (int step = 0; step < 60; step++)
        {
            string what = Drive(bench, random, mayInterleave: true);
            string? mistake = Recount.FirstMistake(bench);
            Assert.True(mistake is null, $"{name}, step {step}, {what}: {mistake}");
        }
    }

    /// <summary>Performs one operation to its end, with a recount at each stop; other operations may get in between.</summary>
    private static string Drive(Bench bench, Random random, bool mayInterleave)
    {
        (string what, Func<long> operation) = Choose(bench, random);
        while (operation() == -Errno.ERESTART)
        {
            string? mistake = Recount.FirstMistake(bench);
            Assert.True(mistake is null, $"{what}, stopped: {mistake}");
            if (mayInterleave && !bench.Tables.Pending.Any() && random.Next(2) == 0) what += ", " + Drive(bench, random, mayInterleave: false);
        }

        while (bench.Tables.FinishTeardown() != 0)
        {
            string? mistake = Recount.FirstMistake(bench);
            Assert.True(mistake is null, $"{what}, teardown stopped: {mistake}");
        }

        return what;
    }

    private static (string What, Func<long> Operation) Choose(Bench bench, Random random)
    {
        Domain domain = bench.Domain;
        PageTables tables = bench.Tables;
        ulong mfn = Any(), target = Any();
        int slot = Slots[random.Next(Slots.Length)], level = random.Next(1, 5);
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

        // Frames that were given back are asked about too, and so are some that never were the domain's.
        ulong Any() => random.Next(40) == 0 ? (ulong)random.Next(44) : bench.Frames[random.Next(bench.Frames.Length)];
    }

    private static long GiveBack(Bench bench, ulong mfn)
    {
        if (!bench.Tables.TryGetPage(mfn, bench.Domain.Id)) return -Errno.EINVAL;

        bench.Tables.PutAllocation(mfn);
        bench.Tables.PutPage(mfn);
        return 0;
    }
}
