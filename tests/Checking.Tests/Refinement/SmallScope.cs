using Model;

namespace Checking.Tests.Refinement;

/// <summary>Every request that one vCPU can make on a machine of a few frames, and what its processor can do meanwhile.</summary>
/// <param name="Frames">all of them the domain's, but for frame 0 in <paramref name="Xens"/></param>
/// <param name="XenSlot">the slot of top-level tables that is Xen's, if one is</param>
internal sealed record SmallScope(int Frames, int Slots, int? XenSlot = null)
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
    public IReadOnlyList<Request> Requests => field ??= [.. OfFrames(), .. OfEntries(), .. OfVcpu()];

    private IEnumerable<Mfn> All => Enumerable.Range(0, Frames).Select(f => new Mfn((ulong)f));

    private IEnumerable<Request> OfFrames()
    {
        foreach (Mfn f in All)
        {
            for (ExtCommand command = ExtCommand.PinL1; command <= ExtCommand.NewBase; command++) yield return Ext(command, f);
            yield return Ext(ExtCommand.NewUserBase, f);
            yield return new DecreaseReservation(V0, [f]);
            yield return new PopulatePhysmap(V0, [f]);
            yield return new SetGdt(V0, [new(f, IsLawful: true)], 512);
            yield return new RegisterVcpuInfo(V0, f);
        }
    }

    private IEnumerable<Request> OfEntries() =>
        from f in All
        from slot in Enumerable.Range(0, Slots)
        from e in All.SelectMany(t => (Entry[])[Ro(t), Rw(t)]).Prepend(default)
        select new MmuUpdate(V0, [new(UpdateKind.Normal, f, slot, e)]);

    private static IEnumerable<Request> OfVcpu() =>
    [
        Ext(ExtCommand.TlbFlushLocal, default),
        new SetGdt(V0, [], 0),
        new SwitchMode(V0, ToKernel: true),
        new SwitchMode(V0, ToKernel: false),
    ];

    private static MmuExtOp Ext(ExtCommand command, Mfn frame) => new(V0, [new(command, frame)]);

    public static Entry Ro(Mfn target) => new(target, EntryFlags.Present | EntryFlags.User);

    public static Entry Rw(Mfn target) => new(target, EntryFlags.Present | EntryFlags.User | EntryFlags.Writable);
}
