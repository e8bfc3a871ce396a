using Model;
using Model.Faults;

namespace Checking.Memory;

/// <summary>A small world of the real model: what boot leaves, and everything that its vCPUs may ask or do.</summary>
/// <remarks>
/// <para>
/// Frame 0 is Xen's. The first domain has the attacker's part. As a domain builder leaves it, it has a pinned root, loaded on each
/// of its vCPUs, and below it one pinned table for each level above those that requests name: the spine. Then come the frames
/// that requests name. Each other domain owns one of them, untyped and mapped nowhere; the first owns the rest. If that is enough, the
/// first frames of it are tables of the named levels, linked through slot 0 from the spine down to a data frame that is mapped
/// read-write; what is left is untyped. A frame that its owner gives back is free, and any domain
/// may be given it.
/// </para>
/// <para>
/// If the first domain is a 32-bit guest, its root is an L3, and the last of the root's entries, however many there are, names the
/// table with Xen's slots: the one below the root if a root has one entry, else one that stands apart. The others are 64-bit guests.
/// </para>
/// <para>
/// The first domain makes every request of the scope; the others are given the data frames that the first gives back, make tables and
/// roots of them in a few ways, and give them back in turn.
/// </para>
/// </remarks>
public sealed class MemoryScope
{
    private readonly int _spine;

    /// <param name="sizes">how large</param>
    /// <param name="fault">a mistake that every step makes after boot, or null</param>
    /// <exception cref="ScopeException">a size is out of its bounds</exception>
    public MemoryScope(MemorySizes sizes, Fault? fault = null)
    {
        sizes.Check();
        Sizes = sizes;
        Fault = fault;
        _spine = sizes.RootLevel - sizes.Levels;
        Attackers = sizes.Frames - (sizes.Domains - 1);
        Entries = new(sizes.Kind);
        XenTable = IsCompat && sizes.Entries > 1 ? new((ulong)(1 + _spine + sizes.Frames)) : null;
        Sound = new(
            1 + _spine + sizes.Frames + (XenTable is null ? 0 : 1),
            [.. from d in Enumerable.Range(1, sizes.Domains) from _ in Enumerable.Range(0, sizes.Vcpus) select new Domid((ushort)d)],
            sizes.Entries)
        {
            Compat = IsCompat ? [new(1)] : [],
            FixedSlot = sizes.Entries - 1,
            XenL2Slots = XenTable is null ? [] : [sizes.Entries - 1],
        };
        Shape = fault is null ? Sound : Sound with { Steps = fault.Make };
        Named = [.. Enumerable.Range(1 + _spine, sizes.Frames).Select(f => new Mfn((ulong)f))];
        HasTables = Attackers > sizes.Levels;
        Requests requests = new(this);
        Requests = [.. sizes.Grain == Grain.Step ? new StepRequests(this, requests).All() : requests.All()];
    }

    public MemorySizes Sizes { get; }

    public Fault? Fault { get; }

    /// <summary>The machine, with the fault's steps if there is one.</summary>
    public MachineShape Shape { get; }

    /// <summary>Everything that may be done in a state, always in this order.</summary>
    public IReadOnlyList<MemoryRequest> Requests { get; }

    /// <summary>The frames that requests name: the first domain's, then one of each other domain.</summary>
    public IReadOnlyList<Mfn> Named { get; }

    /// <summary>The tables above those that requests name, the root first; all of the first domain, pinned.</summary>
    public IEnumerable<Mfn> Spine => Enumerable.Range(1, _spine).Select(f => new Mfn((ulong)f));

    /// <summary>The table of the spine whose entries requests may change, or null if there is no spine.</summary>
    public Mfn? LowestSpine => _spine == 0 ? null : new Mfn((ulong)_spine);

    /// <summary>Of a 32-bit guest the table with Xen's slots, if it stands apart.</summary>
    public Mfn? XenTable { get; }

    /// <summary>The first domain is a 32-bit guest.</summary>
    public bool IsCompat => Sizes.Kind == GuestKind.Pv32;

    /// <summary>Boot builds tables of the named levels too: the first domain has frames for them and for data.</summary>
    public bool HasTables { get; }

    /// <summary>How many of the named frames are the first domain's at boot.</summary>
    public int Attackers { get; }

    /// <summary>The tables that boot or the attacker loads as roots, data frames aside.</summary>
    public IEnumerable<Mfn> Roots => _spine > 0 ? Spine.Take(1) : HasTables ? Named.Take(1) : Data;

    /// <summary>Entries name frame 0 too, for want of a frame of another domain.</summary>
    public bool NamesXen => Sizes.Domains == 1;

    /// <summary>The frames of the first domain that boot leaves as data: the mapped one if there are tables, else all.</summary>
    public IEnumerable<Mfn> Data => HasTables ? [Named[Sizes.Levels]] : Named.Take(Attackers);

    /// <summary>What a search of the scope covers, and what it leaves out, in words for a report.</summary>
    public IReadOnlyList<string> Covers =>
    [
        $"{Sizes.Domains} domains of {Sizes.Vcpus} vCPUs, {(IsCompat ? "the first a 32-bit guest, " : "")}tables of {Sizes.Entries} entries, {Sizes.Frames} frames that requests name: {string.Join(", ", Named.Select(AtBoot))}",
        _spine == 0 ? "the first domain's tables are all among them" : $"above them {string.Join(", ", Spine.Select(AtBoot))}, pinned, the first loaded on each vCPU of d1",
        .. XenTable is { } xens ? [$"beside them {AtBoot(xens)}, which the root's last entry names"] : Array.Empty<string>(),
        $"{Requests.Count} {(Sizes.Grain == Grain.Step ? "micro-steps, in any order that their guards admit" : "requests, walks and stores, each done at once")}",
        "only data frames change hands, become roots, or hold descriptors or a vcpu_info; memory that is no live table is written with few values; "
            + "the domains other than d1 make few requests",
        $"left out: batches, foreign arguments but two, entry bits beyond P, R/W and PSE, Xen's slots, shared pages, grants{(IsCompat ? "" : ", 32-bit guests: --kind pv32")}",
    ];

    /// <summary>The frames of the first domain that boot leaves untyped.</summary>
    public IEnumerable<Mfn> Untyped => Named.Take(Attackers).Skip(HasTables ? Sizes.Levels + 1 : 0);

    /// <summary>The entries that requests offer.</summary>
    internal EntryWords Entries { get; }

    private MachineShape Sound { get; }

    /// <summary>A machine as boot leaves it. Boot makes no mistakes; a fault is one of what comes after.</summary>
    public Machine Boot()
    {
        Machine m = new(Sound);
        m.DeclareFrame(new(0), default, FrameKind.Xen);
        foreach (Mfn frame in Spine.Concat(Named)) m.DeclareFrame(frame, OwnerAtBoot(frame));

        List<Mfn> chain = [.. Spine, .. HasTables ? Named.Take(Sizes.Levels + 1) : []];
        for (int i = 0; i + 1 < chain.Count; i++) Must(m.Load(chain[i], 0, Entries.ReadWrite(chain[i + 1])));

        if (_spine == 0 && !HasTables) return m.Under(Shape);

        if (XenTable is { } xens)
        {
            m.DeclareFrame(xens, new(1));
            Must(m.Load(chain[0], Sizes.Entries - 1, Entries.ReadWrite(xens)));
        }

        for (int i = 0; i < Math.Max(_spine, 1); i++)
        {
            if (!CarriesXen(i)) Pin(m, chain[i], Sizes.RootLevel - i);
        }

        for (int v = 0; v < Sizes.Vcpus; v++) Must(m.Perform(new MmuExtOp(new(v), [new(ExtCommand.NewBase, chain[0])])).IsSuccess);
        return m.Under(Shape);
    }

    /// <summary>The table so many levels below the root has Xen's slots, and is pinned by nobody but its root.</summary>
    private bool CarriesXen(int depth) => IsCompat && XenTable is null && depth == 1;

    /// <summary>Does a request; with a fault in the steps a program may give up, and a broken state make its steps run out of their words.</summary>
    /// <param name="gaveUp">what the machine is now in is no state at all</param>
    /// <returns>the answer; null where there is nothing to be done or asked, or if it gave up</returns>
    internal Answer? Attempt(MemoryRequest request, Machine machine, out bool gaveUp)
    {
        gaveUp = false;
        try
        {
            return request.Perform(machine);
        }
        catch (Exception e) when (Fault is not null && e is (InvalidOperationException or IndexOutOfRangeException or ArgumentException))
        {
            gaveUp = true;
            return null;
        }
    }

    /// <summary>The domain that owns a frame at boot.</summary>
    public Domid OwnerAtBoot(Mfn frame)
    {
        int others = (int)frame.Value - _spine - Attackers;
        return frame.Value == 0 ? Domid.Xen : new((ushort)(others <= 0 || frame == XenTable ? 1 : others + 1));
    }

    /// <summary>The vCPUs of a domain, which are numbered from 1.</summary>
    public IEnumerable<VcpuId> VcpusOf(int domain) => Enumerable.Range((domain - 1) * Sizes.Vcpus, Sizes.Vcpus).Select(v => new VcpuId(v));

    /// <summary>Who a vCPU is in traces: its domain, and which of its vCPUs where it has several.</summary>
    public string Caller(VcpuId v) => Sizes.Vcpus == 1 ? $"{Shape.Vcpus[v.Value]}" : $"{Shape.Vcpus[v.Value]}.{v}";

    /// <summary>"mfn:4 L1 of d1": what a frame is at boot.</summary>
    private string AtBoot(Mfn frame)
    {
        int place = (int)frame.Value - 1;
        bool isTable = place < _spine || (HasTables && place < Sizes.RootLevel);
        string use = frame == XenTable || (isTable && CarriesXen(place)) ? "L2 with Xen's slots"
            : isTable ? $"L{Sizes.RootLevel - place}"
            : HasTables && place == Sizes.RootLevel ? "data" : "untyped";
        return $"{frame} {use} of {OwnerAtBoot(frame)}";
    }

    private static void Pin(Machine m, Mfn frame, int level) =>
        Must(m.Perform(new MmuExtOp(new(0), [new((ExtCommand)(level - 1), frame)])).IsSuccess);

    private static void Must(bool done)
    {
        if (!done) throw new InvalidOperationException("boot was refused what a domain builder does");
    }
}
