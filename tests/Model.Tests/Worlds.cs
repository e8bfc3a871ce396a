namespace Model.Tests;

/// <summary>Small machines that tests begin with.</summary>
internal static class Worlds
{
    public static readonly Domid D1 = new(1), D2 = new(2);
    public static readonly VcpuId V0 = new(0), V1 = new(1);

    /// <summary>One domain with one vCPU that owns all frames of a machine with full-size tables.</summary>
    public static Machine OneDomain(int frames)
    {
        Machine m = new(new(frames, [D1]));
        for (int f = 1; f < frames; f++) m.DeclareFrame(new((ulong)f), D1);
        return m;
    }

    public static Entry Rw(ulong frame) => new(new(frame), EntryFlags.Present | EntryFlags.Writable | EntryFlags.User);

    public static Entry Ro(ulong frame) => new(new(frame), EntryFlags.Present | EntryFlags.User);

    public static Answer Pin(this Machine m, VcpuId v, ulong frame, int level) =>
        m.Perform(new MmuExtOp(v, [new((ExtCommand)(level - 1), new(frame))]));

    public static Answer Ext(this Machine m, VcpuId v, ExtCommand command, ulong frame = 0) =>
        m.Perform(new MmuExtOp(v, [new(command, new(frame))]));

    public static Answer Update(this Machine m, VcpuId v, ulong frame, int slot, Entry e, UpdateKind kind = UpdateKind.Normal) =>
        m.Perform(new MmuUpdate(v, [new(kind, new(frame), slot, e)]));

    /// <summary>vCPU 0 walks from root 1 over 2, 3 and 4, slot 0 each, to the data in frame 5.</summary>
    public static bool WalkToData(this Machine m, bool write) =>
        m.Touch(V0, [(new(1), 0), (new(2), 0), (new(3), 0), (new(4), 0)], new(5), write);
}
