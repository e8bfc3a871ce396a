using Model;

namespace Checking.Memory;

/// <summary>Everything that the vCPUs of a scope may ask or do, in a fixed order.</summary>
/// <remarks>
/// <para>
/// Only data frames change hands, become roots beside the first, and hold descriptors or a vcpu_info. Memory that is no live table is
/// written with few values, so that what guests leave in it does not outnumber what matters.
/// </para>
/// <para>
/// Left out: batches of more than one element, which come to the same states; increase_reservation, emulated writes, page clears
/// and copies, which take the steps of requests that are here; PRESERVE_AD, since entries have A set and D clear; entry bits that
/// make an audit answer like PSE does (cache control, reserved, G in an upper table) or that no audit looks at.
/// </para>
/// </remarks>
internal sealed class Requests(MemoryScope scope)
{
    private const uint Self = 0x7ff0, Io = 0x7ff1, Unknown = 0x1234;

    private readonly MemorySizes _sizes = scope.Sizes;

    /// <summary>No frame of the machine has this number.</summary>
    private readonly Mfn _missing = new((ulong)scope.Shape.Frames);

    private static readonly Mfn AllOnes = new(ulong.MaxValue >> 24);

    public IEnumerable<MemoryRequest> All()
    {
        for (int d = 1; d <= _sizes.Domains; d++)
        {
            foreach (VcpuId v in scope.VcpusOf(d))
            {
                foreach (MemoryRequest request in d == 1 ? OfAttacker(v) : OfOther(v, scope.Named[scope.Attackers + d - 2])) yield return request;
            }
        }
    }

    private IEnumerable<MemoryRequest> OfAttacker(VcpuId v) =>
    [
        .. Updates(v), .. Mappings(v), .. Pins(v), .. Bases(v), .. Flushes(v), .. OddCommands(v),
        .. Reservations(v), .. Descriptors(v), .. scope.IsCompat ? [] : Modes(v), .. Accesses(v), .. Stores(v),
    ];

    /// <summary>What the other domains do: come to the frames that the first gives back, use them in a few ways, give them back.</summary>
    private IEnumerable<MemoryRequest> OfOther(VcpuId v, Mfn own)
    {
        foreach (Mfn frame in scope.Data)
        {
            foreach (Mfn target in new[] { own, frame }) yield return Update(v, frame, 0, scope.Entries.ReadOnly(target));
            yield return Pin(v, frame, 1);
            yield return Pin(v, frame, 4);
            yield return Ext(v, "UNPIN_TABLE", ExtCommand.Unpin, frame);
            yield return Ext(v, "NEW_BASEPTR", ExtCommand.NewBase, frame);
        }

        foreach (MemoryRequest request in Reservations(v).Concat(Accesses(v))) yield return request;
    }

    /// <summary>The frames whose slots requests name.</summary>
    public IEnumerable<Mfn> Tables => [.. scope.LowestSpine is { } lowest ? [lowest] : Array.Empty<Mfn>(), .. scope.Named];

    /// <summary>The levels at which a frame is pinned: those of the scope; data also at the lowest of the spine, and as a root.</summary>
    public IEnumerable<int> LevelsOf(Mfn frame) =>
        Enumerable.Range(1, _sizes.RootLevel)
            .Where(level => level <= _sizes.Levels || (scope.Data.Contains(frame) && (level == _sizes.Levels + 1 || level == _sizes.RootLevel)));

    /// <summary>What a processor does by itself, and the guest through it.</summary>
    public IEnumerable<MemoryRequest> Translations(VcpuId v) => [.. Accesses(v), .. Stores(v)];

    private IEnumerable<MemoryRequest> Updates(VcpuId v)
    {
        foreach (Mfn table in Tables)
        {
            for (int slot = 0; slot < _sizes.Entries; slot++)
            {
                foreach (Entry entry in MemoryEntries()) yield return Update(v, table, slot, entry);
                foreach (Entry entry in TableEntries()) yield return Update(v, table, slot, entry) with { IfLive = table };
            }
        }

        yield return Update(v, _missing, 0, default);
        yield return Update(v, scope.Named[0], 0, default, Io);
        yield return Update(v, scope.Named[0], 0, default, Unknown);
        yield return new Hypercall(new MmuUpdate(v, [new(UpdateKind.Unknown, scope.Named[0], 0, default)]), "mmu_update", "of an unknown kind");
    }

    /// <summary>What guests write into any memory: nothing, a leaf's mapping, a table's link, and a frame that is not theirs.</summary>
    public IEnumerable<Entry> MemoryEntries()
    {
        yield return default;
        foreach (Mfn frame in scope.Data) yield return scope.Entries.ReadWrite(frame);
        foreach (Mfn frame in scope.HasTables ? scope.Named.Take(1) : scope.Data) yield return scope.Entries.ReadOnly(frame);
        yield return scope.Entries.ReadOnly(Foreign);
    }

    /// <summary>
    /// What guests write into live tables only: every other frame of theirs read-only and read-write, the lowest table of the spine
    /// and a table with Xen's slots that stands apart read-only, and PSE.
    /// </summary>
    public IEnumerable<Entry> TableEntries()
    {
        IEnumerable<Mfn> own = scope.Named.Take(scope.Attackers);
        IEnumerable<Mfn> beside = ((Mfn?[])[scope.LowestSpine, scope.XenTable]).OfType<Mfn>();
        IEnumerable<Entry> all = [.. own.Concat(beside).Select(scope.Entries.ReadOnly), .. own.Select(scope.Entries.ReadWrite), scope.Entries.ReadWrite(Foreign)];
        IEnumerable<Entry> superpages = (scope.HasTables ? [scope.Named[_sizes.Levels - 1]] : own).Select(scope.Entries.Superpage);
        return all.Except(MemoryEntries()).Concat(superpages);
    }

    private Mfn Foreign => scope.NamesXen ? new(0) : scope.Named[scope.Attackers];

    private IEnumerable<MemoryRequest> Mappings(VcpuId v)
    {
        yield return new Hypercall(
            new UpdateVaMapping(v, scope.Named[0], 0, default, FlushKind.None, [], VcpusReadable: false),
            "update_va_mapping",
            $"{scope.Named[0]}[0] := ·· and flush vCPUs that cannot be read");

        foreach (Mfn table in scope.Named)
        {
            for (int slot = 0; slot < _sizes.Entries; slot++)
            {
                yield return Map(v, table, slot, default, FlushKind.Tlb);
                yield return Map(v, table, slot, scope.Entries.ReadOnly(_missing), FlushKind.None);
                yield return Map(v, table, slot, scope.Entries.ReadOnly(AllOnes), FlushKind.None);
            }
        }
    }

    private IEnumerable<MemoryRequest> Pins(VcpuId v)
    {
        foreach (Mfn frame in scope.Named)
        {
            foreach (int level in LevelsOf(frame)) yield return Pin(v, frame, level);
            yield return Ext(v, "UNPIN_TABLE", ExtCommand.Unpin, frame);
        }

        yield return Pin(v, _missing, 1);
        yield return Ext(v, "UNPIN_TABLE", ExtCommand.Unpin, _missing);
    }

    private IEnumerable<MemoryRequest> Bases(VcpuId v)
    {
        foreach (Mfn frame in scope.Roots.Union(scope.Data).Append(_missing)) yield return Ext(v, "NEW_BASEPTR", ExtCommand.NewBase, frame);
        foreach (Mfn frame in scope.Roots.Append(_missing)) yield return Ext(v, "NEW_USER_BASEPTR", ExtCommand.NewUserBase, frame);
        yield return new Hypercall(new MmuExtOp(v, [new(ExtCommand.NewUserBase, new(0))]), "mmuext_op NEW_USER_BASEPTR", "none");
        if (scope.IsCompat) yield return Pin(v, scope.Named[0], 4);
    }

    private static IEnumerable<MemoryRequest> Flushes(VcpuId v)
    {
        yield return Ext(v, "TLB_FLUSH_LOCAL", ExtCommand.TlbFlushLocal);
        yield return Ext(v, "TLB_FLUSH_ALL", ExtCommand.TlbFlushAll);
        yield return Ext(v, "TLB_FLUSH_MULTI", ExtCommand.TlbFlushMulti);
    }

    /// <summary>Refused whatever the state is.</summary>
    private static IEnumerable<MemoryRequest> OddCommands(VcpuId v)
    {
        yield return Ext(v, "FLUSH_CACHE", ExtCommand.FlushCache);
        yield return Ext(v, "MARK_SUPER", ExtCommand.MarkSuper);
        yield return Ext(v, "unknown", (ExtCommand)99);
        yield return Ext(v, "TLB_FLUSH_LOCAL", ExtCommand.TlbFlushLocal, foreign: Io);
        yield return Ext(v, "TLB_FLUSH_LOCAL", ExtCommand.TlbFlushLocal, foreign: Unknown);
    }

    private IEnumerable<MemoryRequest> Reservations(VcpuId v)
    {
        foreach (Mfn frame in scope.Data)
        {
            yield return new Hypercall(new DecreaseReservation(v, [frame]), "decrease_reservation", $"{frame}");
            yield return new Populate(new(v, [frame]));
        }

        yield return new Hypercall(new DecreaseReservation(v, [_missing]), "decrease_reservation", $"{_missing}");
    }

    private IEnumerable<MemoryRequest> Descriptors(VcpuId v)
    {
        yield return new Hypercall(new SetGdt(v, [], 0), "set_gdt", "none");
        foreach (Mfn frame in scope.Data)
        {
            yield return new Hypercall(new SetGdt(v, [new(frame, IsLawful: true)], 512), "set_gdt", $"{frame}");
            yield return new Hypercall(new SetGdt(v, [new(frame, IsLawful: false)], 512), "set_gdt", $"{frame} (unlawful)");
            yield return new Hypercall(new UpdateDescriptor(v, frame, 0, IsAligned: true, IsLawful: true, default), "update_descriptor", $"{frame}[0]");
            yield return new Hypercall(new UpdateDescriptor(v, frame, 0, IsAligned: false, IsLawful: true, default), "update_descriptor", $"{frame}[0] (unaligned)");
            yield return new Hypercall(new RegisterVcpuInfo(v, frame), "register_vcpu_info", $"{frame}");
        }
    }

    private static IEnumerable<MemoryRequest> Modes(VcpuId v)
    {
        yield return new Hypercall(new SwitchMode(v, ToKernel: false), "enter user", "");
        yield return new Hypercall(new SwitchMode(v, ToKernel: true), "enter kernel", "");
    }

    private IEnumerable<MemoryRequest> Accesses(VcpuId v)
    {
        int levels = scope.Shape.Vcpus[v.Value].Value == 1 ? _sizes.RootLevel : 4;
        foreach (IReadOnlyList<int> slots in Paths(levels))
        {
            yield return new Access(v, slots, IsWrite: false);
            yield return new Access(v, slots, IsWrite: true);
        }

        foreach (IReadOnlyList<int> slots in Paths(levels - 1))
        {
            foreach (Mfn leaf in scope.Named)
            {
                yield return new SuperpageAccess(v, slots, leaf, IsWrite: false);
                yield return new SuperpageAccess(v, slots, leaf, IsWrite: true);
            }
        }
    }

    private IEnumerable<MemoryRequest> Stores(VcpuId v)
    {
        foreach (Mfn frame in scope.Named)
        {
            for (int slot = 0; slot < _sizes.Entries; slot++)
            {
                foreach (Entry entry in MemoryEntries()) yield return new GuestStore(v, frame, slot, entry);
            }
        }
    }

    /// <summary>Every combination of slots, the last varying fastest.</summary>
    private IEnumerable<IReadOnlyList<int>> Paths(int levels) =>
        levels == 0 ? [[]] : from head in Paths(levels - 1) from slot in Enumerable.Range(0, _sizes.Entries) select (IReadOnlyList<int>)[.. head, slot];

    private static Hypercall Update(VcpuId v, Mfn table, int slot, Entry entry, uint foreign = Self) => new(
        new MmuUpdate(v, [new(UpdateKind.Normal, table, slot, entry)], foreign),
        "mmu_update",
        $"{table}[{slot}] := {EntryWords.Of(entry)}{(foreign == Self ? "" : $" (foreign {foreign:x})")}");

    private static Hypercall Map(VcpuId v, Mfn table, int slot, Entry entry, FlushKind flush) => new(
        new UpdateVaMapping(v, table, slot, entry, flush, []),
        "update_va_mapping",
        $"{table}[{slot}] := {EntryWords.Of(entry)}{(flush == FlushKind.None ? "" : " and flush")}");

    private static Hypercall Pin(VcpuId v, Mfn frame, int level) => Ext(v, $"PIN_L{level}_TABLE", (ExtCommand)(level - 1), frame);

    private static Hypercall Ext(VcpuId v, string name, ExtCommand command, Mfn? frame = null, uint foreign = Self) => new(
        new MmuExtOp(v, [new(command, frame ?? default)], foreign),
        $"mmuext_op {name}",
        $"{(frame is { } f ? $"{f}" : "")}{(foreign == Self ? "" : $"(foreign {foreign:x})")}");
}
