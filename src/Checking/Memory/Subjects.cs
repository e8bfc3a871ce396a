using Model;
using Model.Domains.Concrete;
using ConcreteState = Model.State.State<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;

namespace Checking.Memory;

/// <summary>What each invariant speaks of, as far as one state shows it.</summary>
internal sealed class Subjects(MemoryScope scope, ConcreteState s)
{
    /// <summary>Whether the subject of an invariant is in the state.</summary>
    public Func<bool> Of(string invariant) => invariant switch
    {
        "I-OWN" => () => AnyVcpu(s.CachedRead) || AnyEntry((_, _, _) => true),
        "I-LIVE" or "I-STATE" => () => AnyFrame(f => s.Owner[f].Value == Domid.Nobody.Value),
        "I-SCRUB" => () => AnyFrame(f => s.Allocated[f] && s.Entry.Empty(f, null, null)),
        "I-TEXCL" => () => AnyVcpu(s.CachedWrite) && AnyEntry((t, i, _) => s.Writable[t, i]),
        "I-TLINEAR" => () => AnyEntry((t, _, f) => s.Type[t] == s.Type[f]),
        "I-TPART" when scope.Sizes.Grain == Grain.Step => () => AnyFrame(f => s.Partial[f]),
        "I-TRETYPE" when scope.Sizes.Grain == Grain.Step => () => AnyFrame(f => s.Stale[f]),
        "I-TRETYPE" => () => AnyVcpu(s.CachedWrite) && AnyEntry((t, i, f) => s.TypeHolder[t, i, f]),
        "I-FTLB" => () => AnyVcpu(s.Reached),
        "I-BINDEX" => () => AnyVcpu(s.KernelBase) && AnyVcpu(s.VcpuInfo),
        "I-TPAE" => () => Enumerable.Range(1, scope.Shape.Frames - 1).Any(f => (PageType)s.Type[f].Value == PageType.XenL2),
        "I-TVALID" or "I-TDELTA" or "I-TBITS" or "I-TPART" => () => AnyEntry((_, _, _) => true),
        _ => () => AnyFrame(f => s.TypeCount[f].Value > 1),
    };

    private bool AnyFrame(Func<int, bool> holds) => scope.Named.Any(f => holds((int)f.Value));

    private bool AnyVcpu(Facts relation) => Enumerable.Range(0, scope.Shape.Vcpus.Count).Any(v => !relation.Empty(v, null));

    /// <summary>Some audited entry, of a named frame or the spine, naming a frame.</summary>
    private bool AnyEntry(Func<int, int, int, bool> holds)
    {
        for (int t = 1; t < scope.Shape.Frames; t++)
        {
            for (int i = 0; i < scope.Sizes.Entries; i++)
            {
                int f = ((TargetsBySlot)s.Entry.Store).TargetOf(t, i);
                if (f != Store.Any && f < scope.Shape.Frames && s.Audited[t, i] && holds(t, i, f)) return true;
            }
        }

        return false;
    }
}
