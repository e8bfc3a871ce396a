using Checking.Exploration;
using Model;
using Model.Domains.Concrete;
using ConcreteState = Model.State.State<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;

namespace Checking.Memory;

/// <summary>Which invariants a machine breaks, and which of them speak of something that is there.</summary>
internal sealed class Judge
{
    private readonly Machine _machine;
    private readonly bool _atRest;
    private readonly Dictionary<string, int> _numbers;
    private readonly Func<bool>[] _subjects;
    private ulong _met;

    public Judge(MemoryScope scope, Machine machine)
    {
        _machine = machine;
        _atRest = scope.Sizes.Grain == Grain.Hypercall;
        Properties = [.. machine.Invariants.Where(i => _atRest || !i.IsAtRest).Select(i => new Property(i.Id, i.Says, i.Source))];
        _numbers = Properties.Select((p, i) => (p.Id, i)).ToDictionary(p => p.Id, p => p.i);
        Subjects subjects = new(scope, machine.State);
        _subjects = [.. Properties.Select(p => subjects.Of(p.Id))];
    }

    public IReadOnlyList<Property> Properties { get; }

    /// <param name="reached">what is there now or was there in a state judged before: who asks gathers them all</param>
    public void Check(out ulong violated, out ulong reached)
    {
        violated = 0;
        IReadOnlyList<Violation> found = _machine.CheckAll(_atRest);
        for (int i = 0; i < found.Count; i++) violated |= 1UL << _numbers[found[i].InvariantId];

        for (int i = 0; i < _subjects.Length; i++)
        {
            if ((_met >> i & 1) == 0 && _subjects[i]()) _met |= 1UL << i;
        }

        reached = _met;
    }

    /// <summary>What breaks a property, in the words of its witness.</summary>
    public string Violation(int property) =>
        _machine.CheckAll(_atRest).Where(v => v.InvariantId == Properties[property].Id).Select(v => v.Witness).FirstOrDefault("nothing breaks it here");
}

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
