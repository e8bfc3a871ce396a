using Implementation.Hypervisor;

namespace Implementation.Tests.Tables;

/// <summary>A machine with one domain and no code: page tables are worked on directly.</summary>
internal sealed class Bench : IDisposable
{
    public const ulong Rw = Pte.Present | Pte.Writable | Pte.User | Pte.Accessed;
    public const ulong Ro = Pte.Present | Pte.User | Pte.Accessed;

    public Bench(int frames, ulong machine = 96, ulong seed = 1, Func<Xen, PageTables>? tables = null, DomainKind kind = DomainKind.Pv64)
    {
        Xen = new(new() { MemoryFrames = machine, Seed = seed, PageTables = tables });
        Domain = new(Xen, 1, "bench", kind) { MaxPages = (ulong)frames };
        Xen.Add(Domain);
        if (Domain.Is32Bit) _ = Xen.MachineToPhys.For32Bit;
        Frames = [.. Enumerable.Range(0, frames).Select(_ => Take())];
    }

    public Xen Xen { get; }

    public Domain Domain { get; }

    /// <summary>The domain's frames, in no order.</summary>
    public ulong[] Frames { get; }

    public PageTables Tables => Xen.PageTables;

    public ulong Take() => Xen.Heap.TryAllocate(Domain, out ulong mfn) ? mfn : throw new InvalidOperationException();

    public void Poke(ulong table, int slot, ulong target, ulong flags) => Xen.Memory.Entries(table)[slot] = Pte.Make(target, flags);

    public ulong Peek(ulong table, int slot) => Xen.Memory.Entries(table)[slot];

    public long Pin(ulong mfn, int level) => Tables.Complete(() => Tables.PinTable(Domain, mfn, level));

    public long Unpin(ulong mfn) => Tables.Complete(() => Tables.UnpinTable(Domain, mfn));

    public long Set(ulong table, int slot, ulong target, ulong flags, bool preserveAd = false, ushort? owner = null) =>
        Tables.Complete(() =>
            Tables.BeginModifyEntry(Domain, table, slot, Pte.Make(target, flags), preserveAd, owner ?? Domain.Id));

    /// <summary>A chain of four tables, each at slot 0 of the one above, over one writable data frame.</summary>
    /// <returns>L4, L3, L2, L1, data</returns>
    public ulong[] Chain()
    {
        ulong[] chain = Frames[..5];
        for (int i = 0; i < 4; i++) Poke(chain[i], 0, chain[i + 1], Rw);
        return chain;
    }

    public void Dispose() => Xen.Dispose();
}
