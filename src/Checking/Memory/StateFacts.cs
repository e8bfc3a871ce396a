using Model;
using Model.Domains.Concrete;
using ConcreteState = Model.State.State<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;

namespace Checking.Memory;

/// <summary>A state, fact by fact, as traces show it.</summary>
internal static class StateFacts
{
    public static IReadOnlyList<KeyValuePair<string, string>> Of(MemoryScope scope, Machine machine)
    {
        List<KeyValuePair<string, string>> facts = [];
        for (ulong f = 0; f < (ulong)scope.Shape.Frames; f++)
        {
            facts.Add(new($"mfn:{f:x}", FrameText(machine, new(f))));
            for (int slot = 0; slot < scope.Sizes.Entries; slot++)
            {
                Entry entry = machine.EntryOf(new(f), slot);
                if (entry.IsPresent) facts.Add(new($"mfn:{f:x}[{slot}]", EntryWords.Of(entry) + HoldingText(machine, (int)f, slot, entry.Target)));
            }
        }

        for (int v = 0; v < scope.Shape.Vcpus.Count; v++) facts.AddRange(OfVcpu(scope, machine.State, v));
        return facts;
    }

    /// <summary>"d1  L4 ×1 pinned": the owner, the type while it is held, and the general count where it is not what the types come to.</summary>
    private static string FrameText(Machine machine, Mfn frame)
    {
        FrameView view = machine.View(frame);
        string type = view.TypeCount > 0 ? $"{view.Type} ×{view.TypeCount}" : view.Type == PageType.None ? "None" : $"{view.Type} (last)";
        string state = (view.IsPinned ? " pinned" : "") + (view.IsPartial ? " partial" : "") + (machine.State.Stale[(int)frame.Value] ? " stale" : "")
            + (view.TypeCount > 0 && !view.IsValidated && !view.IsPartial ? " not validated" : "")
            + (view.IsAllocated || view.Owner == Domid.Nobody || view.Owner == Domid.Xen ? "" : " given back")
            + view.RefCount switch { <= 0 => "", 1 => ", 1 reference", int count => $", {count} references" };
        return $"{view.Owner}  {type}{state}";
    }

    /// <summary>Of an audited entry nothing if it holds what it ought to; of others that they are not looked at.</summary>
    private static string HoldingText(Machine machine, int table, int slot, Mfn target)
    {
        ConcreteState s = machine.State;
        bool isLive = (PageType)s.Type[table].Value is ((>= PageType.L1 and <= PageType.L4) or PageType.XenL2) && s.Valid[table];
        if (!isLive) return s.Audited[table, slot] ? ", audited" : "";
        if (!s.Audited[table, slot]) return ", never audited";
        if (!machine.Exists(target)) return "";

        int f = (int)target.Value;
        return (s.Holder[table, slot, f] ? ", holds it" : "") + (s.TypeHolder[table, slot, f] ? " in its type" : "");
    }

    private static IEnumerable<KeyValuePair<string, string>> OfVcpu(MemoryScope scope, ConcreteState s, int v)
    {
        string who = $"{scope.Caller(new(v))}";
        if (!s.InKernel[v]) yield return new($"{who} mode", "user");
        foreach (var (name, relation) in new[]
        {
            ("root", s.KernelBase), ("user root", s.UserBase), ("vcpu_info", s.VcpuInfo),
            ("caches", s.CachedRead), ("caches writable", s.CachedWrite), ("reached from", s.Reached),
            ("took", s.Taken), ("took in type", s.TakenType), ("lets go of", s.Leaving), ("lets go of in type", s.LeavingType),
        })
        {
            ulong row = ((FramesByVcpu)relation.Store).Row(v);
            if (row != 0) yield return new($"{who} {name}", Frames(row));
        }

        for (int position = 0; position < scope.Sizes.Entries; position++)
        {
            int f = ((TargetsBySlot)s.Descriptors.Store).TargetOf(v, position);
            if (f != Store.Any) yield return new($"{who} descriptors[{position}]", $"mfn:{f:x}");
        }
    }

    private static string Frames(ulong row) => string.Join(' ', Enumerable.Range(0, 64).Where(f => (row >> f & 1) != 0).Select(f => $"mfn:{f:x}"));
}
