using Checking.Memory;
using Model;

namespace Checking.Refuting.Shapes;

/// <summary>What a request says for itself: who asks, and the frames, slots and entries that it names.</summary>
internal static class RequestArguments
{
    /// <summary>Requests that are asked in the same words, with the same arguments in the same places.</summary>
    public static string Kind(MemoryRequest request) => $"{request.Action}/{Of(request).Count}";

    public static IReadOnlyList<(Kind Kind, int Value)> Of(MemoryRequest request)
    {
        (Kind, int) caller = (Shapes.Kind.Vcpu, request.Vcpu.Value);
        return request switch
        {
            Access r => [caller, .. r.Slots.Select(Slot), Truth(r.IsWrite)],
            SuperpageAccess r => [caller, .. r.Slots.Select(Slot), Frame(r.Leaf), Truth(r.IsWrite)],
            GuestStore r => [caller, Frame(r.Frame), Slot(r.Slot), .. Entry(r.New)],
            Populate r => [caller, Frame(r.Request.Allocated[0])],
            Hypercall r => [caller, .. Of(r.Request)],
            _ => throw new ArgumentException($"{request.Action} is a request of no known kind", nameof(request)),
        };
    }

    private static IEnumerable<(Kind, int)> Of(Request request) => request switch
    {
        MmuUpdate { Updates: [var update] } => [Frame(update.Frame), Slot(update.Slot), .. Entry(update.New)],
        UpdateVaMapping { Table: { } table } r => [Frame(table), Slot(r.Slot), .. Entry(r.New)],
        MmuExtOp { Ops: [{ Command: <= ExtCommand.PinL4 } pin] } =>
            [Frame(pin.Frame), (Shapes.Kind.Type, (int)PageType.L1 + (int)pin.Command)],
        MmuExtOp { Ops: [var op] } => [Frame(op.Frame)],
        SetGdt r => r.Frames.Select(f => Frame(f.Frame)),
        UpdateDescriptor r => [Frame(r.Frame), Slot(r.Slot)],
        DecreaseReservation { Frames: [var frame] } => [Frame(frame)],
        RegisterVcpuInfo r => [Frame(r.Frame)],
        _ => [],
    };

    /// <summary>An absent entry names nothing; whatever stands for its target is not looked at.</summary>
    private static IEnumerable<(Kind, int)> Entry(Entry e) =>
        [e.IsPresent ? Frame(e.Target) : (Shapes.Kind.Frame, 0), (Shapes.Kind.Flags, (int)e.Flags)];

    private static (Kind, int) Frame(Mfn frame) => (Shapes.Kind.Frame, (int)Math.Min(frame.Value, int.MaxValue));

    private static (Kind, int) Slot(int slot) => (Shapes.Kind.Slot, slot);

    private static (Kind, int) Truth(bool value) => (Shapes.Kind.Truth, value ? 1 : 0);
}
