using Conformance.Reports;
using Model;

namespace Conformance.Watch;

/// <summary>Requests in the words of a report.</summary>
internal static class Wording
{
    /// <summary>Elements of a batch that are told; the rest are counted.</summary>
    private const int Told = 4;

    /// <summary>What was asked, without the name of the call.</summary>
    public static string Of(Request request) => request switch
    {
        MmuUpdate u => List([.. u.Updates.Select(Of)]),
        MmuExtOp o => List(o.Ops),
        UpdateVaMapping m => $"{(m.Table is { } t ? $"{t}[{m.Slot}]" : "no table")} {Assigned(m.New)}",
        EmulatedEntryUpdate e => $"{e.Table}[{e.Slot}] {Assigned(e.New)}",
        UpdateDescriptor d => $"{d.Frame}[{d.Slot}]{(d.IsLawful ? "" : " (unlawful)")}",
        SetGdt g => $"{g.Entries} descriptors in {List([.. g.Frames.Select(f => f.Frame)])}",
        DecreaseReservation d => $"give back {List(d.Frames)}",
        IncreaseReservation i => $"get {List(i.Allocated)}",
        PopulatePhysmap p => $"get {List(p.Allocated)}",
        RegisterVcpuInfo r => $"{r.Frame}",
        MapLdtPage m => $"{m.Page.Frame} as page {m.Number}",
        SwitchMode s => s.ToKernel ? "to kernel" : "to user",
        _ => "",
    };

    private static string Of(Update u) => u.Kind switch
    {
        UpdateKind.MachPhys => $"m2p of {u.Frame}",
        UpdateKind.Unknown => "unknown command",
        _ => $"{u.Frame}[{u.Slot}] {Assigned(u.New)}",
    };

    private static string Assigned(Entry entry) => $":= {EntryText.Of(entry)}";

    private static string List<T>(IReadOnlyList<T> items) =>
        string.Join(", ", items.Take(Told)) + (items.Count > Told ? $" and {items.Count - Told} more" : "");
}
