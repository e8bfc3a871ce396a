using Implementation.Hypervisor;

namespace Conformance.Faults;

/// <summary>XSA-148 (2015): the superpage bit was let through in entries of L2 tables.</summary>
/// <remarks>What the entry names is then mapped as 2 MiB of memory, tables and all, writable.</remarks>
internal sealed class Xsa148(Xen xen) : PageTables(xen)
{
    protected internal override ulong DisallowedBits(int level, Domain domain) =>
        level == 2 ? base.DisallowedBits(level, domain) & ~Pte.PageSize : base.DisallowedBits(level, domain);
}
