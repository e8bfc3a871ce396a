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

    /// <summary>Notes an access, as it came out.</summary>
    /// <returns>whether another processor, with other translations left, may have come to something else</returns>
    public bool Touch(StageView stage, ulong linear, in StepResult result, bool write)
    {
        ulong page = linear >> 12;
        (Mfn Frame, bool Writable)? walk = Walk(stage, linear);
        bool isStale = _touched.Exists(t => t.Page == page && (walk is null || t.Frame != walk.Value.Frame || (write && t.Writable != walk.Value.Writable)));
        if (walk is { } w && result.Kind == StepKind.Done) _touched.Add((page, w.Frame, w.Writable));
        return isStale;
    }

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
