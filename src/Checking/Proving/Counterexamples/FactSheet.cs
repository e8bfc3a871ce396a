using Model;
using Model.Domains.Concrete;
using ConcreteState = Model.State.State<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;

namespace Checking.Proving.Counterexamples;

/// <summary>A small machine's state, fact by fact, in the words of reports.</summary>
internal static class FactSheet
{
    /// <summary>Frames, then their slots, then vCPUs; what is empty is left out.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(Machine machine)
    {
        MachineShape shape = machine.Shape;
        IEnumerable<Mfn> frames = Enumerable.Range(0, shape.Frames).Select(f => new Mfn((ulong)f));
        return
        [
            .. frames.Select(f => KeyValuePair.Create($"{f}", Frame(machine, f))),
            .. from f in frames
               from slot in Enumerable.Range(0, shape.Slots)
               let says = Slot(machine, (int)f.Value, slot)
               where says.Length != 0
               select KeyValuePair.Create($"{f}[{slot}]", says),
            .. from v in Enumerable.Range(0, shape.Vcpus.Count)
               let says = Vcpu(machine, v)
               select KeyValuePair.Create($"{new VcpuId(v)}", says),
        ];
    }

    /// <summary>What a slot says, with the bits that matter and are not shown by its rights.</summary>
    public static string Of(Entry e) => string.Join(' ', ((string[])[$"{e}", .. s_bits.Where(b => e.Has(b.Flag)).Select(b => b.Word)]));

    private static readonly (EntryFlags Flag, string Word)[] s_bits =
    [
        (EntryFlags.Superpage, "PSE"),
        (EntryFlags.Cache, "uncached"),
        (EntryFlags.Disallowed, "reserved"),
        (EntryFlags.Global, "global"),
    ];

    private static string Frame(Machine machine, Mfn frame)
    {
        FrameView view = machine.View(frame);
        int f = (int)frame.Value;
        ConcreteState s = machine.State;
        return Joined(
            $"{view.Owner}  {view.Type}{(view.TypeCount > 0 ? $" ×{view.TypeCount}" : "")}",
            If(view.IsValidated, "established"),
            If(view.IsPartial, "partial"),
            If(view.IsPinned, "pinned"),
            If(s.Stale[f], "stale"),
            If(view.IsShared, "shared"),
            If(!view.IsAllocated && view.Owner != Domid.Nobody, "given back"),
            If(view.RefCount > 0, $"refs {view.RefCount}"),
            If(view.IsAllocated && !s.Written[f] && !s.Entry.Empty(f, null, null), "not written since"));
    }

    private static string Slot(Machine machine, int f, int slot)
    {
        ConcreteState s = machine.State;
        Entry entry = machine.EntryOf(new((ulong)f), slot);
        IEnumerable<int> frames = Enumerable.Range(0, machine.Shape.Frames);
        return Joined(
            If(entry.IsPresent, Of(entry)),
            If(s.Audited[f, slot], "audited"),
            Listed("holds", frames.Where(t => s.Holder[f, slot, t]).Select(t => Held(t, s.TypeHolder[f, slot, t]))),
            Listed("holds only the type of", frames.Where(t => s.TypeHolder[f, slot, t] && !s.Holder[f, slot, t]).Select(Name)),
            Listed("linear to", frames.Where(t => s.Linear[f, slot, t]).Select(Name)),
            If(IsXens(machine, f, slot), "of Xen's"),
            If(s.FixedSlot[slot] && IsCompatRoot(machine, f), "fixed"));
    }

    private static bool IsXens(Machine machine, int f, int slot) => (PageType)machine.State.Type[f].Value switch
    {
        PageType.L4 => machine.State.XenSlot[slot],
        PageType.XenL2 => machine.State.XenL2Slot[slot],
        _ => IsCompatRoot(machine, f) && machine.State.SpareSlot[slot],
    };

    private static bool IsCompatRoot(Machine machine, int f) =>
        machine.View(new((ulong)f)).Type == PageType.L3 && machine.State.Compat[machine.State.Owner[f]];

    private static string Vcpu(Machine machine, int v)
    {
        ConcreteState s = machine.State;
        IEnumerable<int> frames = Enumerable.Range(0, machine.Shape.Frames);
        return Joined(
            $"{machine.Shape.Vcpus[v]}{(s.Compat[machine.Shape.Vcpus[v].Value] ? " (32-bit)" : "")}",
            s.InKernel[v] ? "in kernel" : "in user mode",
            Listed("kernel root", frames.Where(f => s.KernelBase[v, f]).Select(Name)),
            Listed("user root", frames.Where(f => s.UserBase[v, f]).Select(Name)),
            Listed("descriptors", from p in Enumerable.Range(0, machine.Shape.Slots) from f in frames where s.Descriptors[v, p, f] select $"[{p}] {Name(f)}"),
            Listed("vcpu_info", frames.Where(f => s.VcpuInfo[v, f]).Select(Name)),
            Listed("takes", frames.Where(f => s.Taken[v, f] || s.TakenType[v, f]).Select(f => Held(f, s.TakenType[v, f]))),
            Listed("drops", frames.Where(f => s.Leaving[v, f] || s.LeavingType[v, f]).Select(f => Held(f, s.LeavingType[v, f]))),
            Listed("caches", frames.Where(f => s.CachedRead[v, f] || s.CachedWrite[v, f]).Select(f => $"{Name(f)} {(s.CachedWrite[v, f] ? "rw" : "r-")}")),
            Listed("reached from", frames.Where(f => s.Reached[v, f]).Select(Name)));
    }

    private static string Name(int frame) => $"{new Mfn((ulong)frame)}";

    private static string Held(int frame, bool inType) => inType ? $"{Name(frame)} in its type" : Name(frame);

    private static string Listed(string what, IEnumerable<string> items) => string.Join(", ", items) is { Length: > 0 } list ? $"{what} {list}" : "";

    private static string If(bool holds, string word) => holds ? word : "";

    private static string Joined(params string[] words) => string.Join("  ", words.Where(w => w.Length != 0));
}
