using Conformance.Bridge;
using Conformance.Campaigns;
using Conformance.Simulation;
using Implementation.Hypervisor;
using Model;

namespace Conformance.RealXen;

/// <summary>The translations that a script's accesses may have left in a processor's TLB.</summary>
internal sealed class Translations
{
    private readonly List<(ulong Page, Mfn Frame, bool Writable)> _touched = [];

    /// <summary>Notes an access to eight bytes, as it came out.</summary>
    /// <returns>whether another processor, with other translations left, may have come to something else</returns>
    public bool Touch(StageView stage, ulong linear, in StepResult result, bool write)
    {
        ulong first = linear >> 12, last = unchecked(linear + sizeof(ulong) - 1) >> 12;
        bool isStale = Touch(stage, first, write, isNoted: result.Kind == StepKind.Done || last != first);
        return last == first ? isStale : isStale | Touch(stage, last, write, isNoted: true);
    }

    /// <param name="isNoted">the page was reached, if only before another was found to be missing</param>
    private bool Touch(StageView stage, ulong page, bool write, bool isNoted)
    {
        (Mfn Frame, bool Writable)? walk = Walk(stage, page << 12);
        bool isStale = _touched.Exists(t => t.Page == page && (walk is null || t.Frame != walk.Value.Frame || (write && t.Writable != walk.Value.Writable)));
        if (walk is { } w && isNoted) _touched.Add((page, w.Frame, w.Writable));
        return isStale;
    }

    /// <summary>Whether a store goes through, by the tables or by what may be left of them.</summary>
    public bool MayStore(StageView stage, ulong linear) =>
        Walk(stage, linear) is { Writable: true } || _touched.Exists(t => t.Page == linear >> 12 && t.Writable);

    /// <summary>What the model knows to be flushed is forgotten.</summary>
    public void Forget(StageView stage) => _touched.RemoveAll(t => !stage.Model.IsCached(new(0), t.Frame, writable: false));

    /// <summary>Where the tables in memory lead, and whether every entry allows stores; null if nowhere.</summary>
    public static (Mfn Frame, bool Writable)? Walk(StageView stage, ulong linear)
    {
        VcpuId vcpu = new(0);
        if ((stage.Model.IsInKernel(vcpu) ? stage.Model.KernelBase(vcpu) : stage.Model.UserBase(vcpu)) is not { } table) return null;
        bool writable = true;
        for (int level = 4; level > 0; level--)
        {
            if (!stage.Xen.Memory.Contains(table.Value)) return null;
            ulong entry = stage.Xen.Memory.Entries(table.Value)[PageEntry.Slot(linear, level)];
            if ((entry & Pte.Present) == 0) return null;
            writable &= (entry & Pte.Writable) != 0;
            table = new((entry & 0x000f_ffff_ffff_f000) >> 12);
        }

        return (table, writable);
    }
}
