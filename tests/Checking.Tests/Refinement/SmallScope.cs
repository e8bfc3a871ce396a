using Model;
using static Model.ExtCommand;

namespace Checking.Tests.Refinement;

/// <summary>What requests of a small scope are about.</summary>
internal enum About
{
    /// <summary>Pins, entries and the kernel's root.</summary>
    Tables,

    /// <summary>Frames given back and given out, and what holds a frame that is no table: descriptors, <c>vcpu_info</c>, entries in data.</summary>
    Pages,

    /// <summary>The user root and the vCPU's mode, pins of top-level tables and entries in them.</summary>
    Modes,
}

/// <summary>Every request of some kinds that one vCPU can make on a machine of a few frames, all of them its domain's.</summary>
/// <param name="XenSlot">the slot of top-level tables that is Xen's, if one is</param>
internal sealed record SmallScope(About About, int Frames, int Slots, int? XenSlot = null)
{
    public static readonly Domid D1 = new(1);
    public static readonly VcpuId V0 = new(0);

    public ReplayedMachine Boot() => new(
        new(Frames, [D1], Slots) { XenSlots = XenSlot is { } slot ? [slot] : [] },
        machine =>
        {
            for (ulong f = 0; f < (ulong)Frames; f++) machine.DeclareFrame(new(f), D1);
        });

    /// <summary>All requests, in a fixed order.</summary>
    public IReadOnlyList<Request> Requests => field ??= About switch
    {
        About.Tables => [.. Of(PinL1, PinL2, PinL3, PinL4, Unpin, NewBase), .. Entries(), Ext(TlbFlushLocal, default)],
        About.Pages => [.. Of(PinL1, Unpin), .. Entries(), .. Pages(), new SetGdt(V0, [], 0)],
        _ => [.. Of(PinL3, PinL4, Unpin, NewBase, NewUserBase), .. Entries(), new SwitchMode(V0, ToKernel: true), new SwitchMode(V0, ToKernel: false)],
    };

    private IEnumerable<Mfn> All => Enumerable.Range(0, Frames).Select(f => new Mfn((ulong)f));

    private IEnumerable<Request> Of(params ExtCommand[] commands) => from f in All from command in commands select Ext(command, f);

    private IEnumerable<Request> Pages() => All.SelectMany(f => (Request[])
    [
        new DecreaseReservation(V0, [f]),
        new PopulatePhysmap(V0, [f]),
        new SetGdt(V0, [new(f, IsLawful: true)], 512),
        new SetGdt(V0, [new(f, IsLawful: false)], 512),
        new UpdateDescriptor(V0, f, 0, IsAligned: true, IsLawful: true, Rw(f)),
        new RegisterVcpuInfo(V0, f),
    ]);

    private IEnumerable<Request> Entries() =>
        from f in All
        from slot in Enumerable.Range(0, Slots)
        from e in All.SelectMany(t => (Entry[])[Ro(t), Rw(t)]).Prepend(default)
        select new MmuUpdate(V0, [new(UpdateKind.Normal, f, slot, e)]);

    private static MmuExtOp Ext(ExtCommand command, Mfn frame) => new(V0, [new(command, frame)]);

    public static Entry Ro(Mfn target) => new(target, EntryFlags.Present | EntryFlags.User);

    public static Entry Rw(Mfn target) => new(target, EntryFlags.Present | EntryFlags.User | EntryFlags.Writable);
}
