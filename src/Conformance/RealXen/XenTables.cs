using Implementation.Hypervisor;
using Model;

namespace Conformance.RealXen;

/// <summary>The memory management, noting where real Xen goes another way.</summary>
internal sealed class XenTables(Xen xen) : PageTables(xen)
{
    /// <summary>Real Xen would have lost count of a table that it had begun to audit (D-14).</summary>
    public bool HasLostTable { get; private set; }

    [Clause("D-14")]
    protected internal override void Abandon(ulong table, int slot, ulong below, bool isHeld)
    {
        HasLostTable |= slot > 0 && Pending.Any(old => old.Mfn != below);
        base.Abandon(table, slot, below, isHeld);
    }
}
