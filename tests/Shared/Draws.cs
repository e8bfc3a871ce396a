using Model;

namespace Tests;

/// <summary>What a guest puts into a request, drawn: most of it likely to be valid, some at the edge, a little nonsense.</summary>
/// <param name="frame">a frame number that a guest may name</param>
internal sealed class Draws(Random random, int slots, Func<Mfn> frame)
{
    public ExtCommand Command() => random.Next(10) switch
    {
        < 5 => (ExtCommand)random.Next(4),
        < 7 => ExtCommand.Unpin,
        7 => ExtCommand.NewBase,
        8 => ExtCommand.NewUserBase,
        _ => (ExtCommand)random.Next(24),
    };

    public UpdateKind Kind() => random.Next(8) switch { 0 => UpdateKind.PreserveAd, 1 => (UpdateKind)random.Next(5), _ => UpdateKind.Normal };

    public uint Foreign() => random.Next(24) == 0 ? (uint)random.Next(0x30000) : 0x7ff0;

    /// <summary>Of three.</summary>
    public VcpuId Vcpu() => new(random.Next(3));

    public int Slot() => random.Next(slots);

    public Entry Entry()
    {
        if (random.Next(4) == 0) return default;

        EntryFlags flags = EntryFlags.Present | EntryFlags.User;
        if (random.Next(2) == 0) flags |= EntryFlags.Writable;
        if (random.Next(16) == 0) flags |= (EntryFlags)random.Next(1 << 12);
        return new(random.Next(64) == 0 ? new(ulong.MaxValue >> 12) : frame(), flags);
    }

    /// <summary>Of up to two pages.</summary>
    public SetGdt Gdt()
    {
        int pages = random.Next(3);
        return new(Vcpu(), [.. Enumerable.Range(0, pages).Select(_ => new DescriptorFrame(frame(), random.Next(4) > 0))], (uint)pages * 512);
    }

    /// <summary>Slots of so many tables, the first of which is given: along entries that are there, wherever that leads.</summary>
    /// <param name="leaf">where it led</param>
    /// <param name="isWritable">every entry grants writing</param>
    /// <returns>null if it leads out of the machine</returns>
    public (Mfn Table, int Slot)[]? Walk(Machine machine, Mfn root, int levels, out Mfn leaf, out bool isWritable)
    {
        (Mfn, int)[] path = new (Mfn, int)[levels];
        (leaf, isWritable) = (root, true);
        for (int level = 0; level < path.Length; level++)
        {
            int slot = Slot();
            for (int tries = 0; tries < slots && !machine.EntryOf(leaf, slot).IsPresent; tries++) slot = (slot + 1) % slots;
            path[level] = (leaf, slot);
            Entry entry = machine.EntryOf(leaf, slot);
            isWritable &= entry.IsWritable;
            if (!machine.Exists(entry.Target)) return null;
            leaf = entry.Target;
        }

        return path;
    }
}
