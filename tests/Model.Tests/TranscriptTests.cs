using System.Text;
using static Model.Tests.Worlds;

namespace Model.Tests;

/// <summary>Whole stories written out: each request with its answer, its micro-steps, and what changed.</summary>
public sealed class TranscriptTests
{
    [Fact, Clause("HC-7"), Clause("HC-3"), Clause("HC-8")]
    public void A_tree_is_pinned_edited_and_unpinned() => Check(
        "transcript-tree.txt",
        m =>
        {
            m.Load(new(1), 0, Rw(2));
            m.Load(new(2), 0, Rw(3));
            m.Load(new(3), 0, Rw(4));
            m.Load(new(4), 0, Rw(5));
            m.Load(new(4), 1, Ro(1));
        },
        new MmuExtOp(V0, [new(ExtCommand.PinL4, new(1))]),
        new MmuUpdate(V0, [new(UpdateKind.Normal, new(4), 0, Ro(5))]),
        new MmuUpdate(V0, [new(UpdateKind.Normal, new(4), 2, Rw(1))]),
        new MmuUpdate(V0, [new(UpdateKind.Normal, new(4), 2, Rw(9))]),
        new MmuExtOp(V0, [new(ExtCommand.PinL4, new(1))]),
        new MmuExtOp(V0, [new(ExtCommand.Unpin, new(1))]));

    [Fact, Clause("PT-8"), Clause("PT-18"), Clause("HC-5")]
    public void Linear_tables_are_read_only_and_do_not_chain() => Check(
        "transcript-linear.txt",
        _ => { },
        new MmuExtOp(V0, [new(ExtCommand.PinL4, new(1)), new(ExtCommand.PinL4, new(2)), new(ExtCommand.PinL4, new(3))]),
        new MmuUpdate(V0, [new(UpdateKind.Normal, new(1), 0, Ro(1))]),
        new MmuUpdate(V0, [new(UpdateKind.Normal, new(1), 0, Rw(1))]),
        new MmuUpdate(V0, [new(UpdateKind.Normal, new(1), 1, Ro(2))]),
        new MmuUpdate(V0, [new(UpdateKind.Normal, new(2), 1, Ro(3))]),
        new MmuUpdate(V0, [new(UpdateKind.Normal, new(1), 1, Rw(2))]),
        new MmuUpdate(V0, [new(UpdateKind.PreserveAd, new(1), 1, default)]));

    [Fact, Clause("HC-17"), Clause("HC-18"), Clause("HC-14")]
    public void Descriptor_pages_come_and_go() => Check(
        "transcript-descriptors.txt",
        _ => { },
        new SetGdt(V0, [new(new(5), IsLawful: true), new(new(5), IsLawful: true)], 600),
        new UpdateDescriptor(V0, new(5), 1, IsAligned: true, IsLawful: false, default),
        new SetGdt(V0, [new(new(6), IsLawful: true), new(new(7), IsLawful: false)], 1024),
        new DecreaseReservation(V0, [new(5), new(5), new(9)]),
        new SetGdt(V0, [], 0));

    private static void Check(string file, Action<Machine> given, params Request[] requests)
    {
        Machine m = new(new(12, [D1, D2], Slots: 4) { XenSlots = [3] });
        for (ulong f = 1; f < 8; f++) m.DeclareFrame(new(f), D1);
        for (ulong f = 8; f < 12; f++) m.DeclareFrame(new(f), D2);
        given(m);

        StringBuilder text = new();
        foreach (Request request in requests)
        {
            List<string> steps = [];
            string[] before = Frames(m);
            m.StepTaken = step => steps.Add(step.ToString());
            Answer answer = m.Perform(request);

            text.Append($"{request.Caller}  {request.Describe()}  = {answer}\n");
            if (steps.Count > 0) text.Append($"    {string.Join(" ", steps)}\n");
            foreach ((string was, string now) in before.Zip(Frames(m)).Where(p => p.First != p.Second)) text.Append($"  - {was}\n  + {now}\n");
        }

        Golden.Check(file, text.ToString());
    }

    private static string[] Frames(Machine m) =>
    [
        .. from f in Enumerable.Range(0, m.Shape.Frames)
           let view = m.View(new((ulong)f))
           let entries = Enumerable.Range(0, m.Shape.Slots).Select(slot => (slot, Entry: m.EntryOf(new((ulong)f), slot))).Where(e => e.Entry.IsPresent)
           select $"{view}  refs {view.RefCount}{string.Concat(entries.Select(e => $"  [{e.slot}] {e.Entry}"))}",
    ];
}
