using Implementation.Hypervisor;

namespace Conformance.Faults;

/// <summary>XSA-182 (2016): the fast path for entry updates counted RW among the bits that need no new audit.</summary>
/// <remarks>A read-only linear entry, which is lawful, can then be made writable, which is not.</remarks>
internal sealed class Xsa182(Xen xen) : PageTables(xen)
{
    protected internal override bool MayUseFastPath(int level, ulong oldEntry, ulong newEntry) =>
        base.MayUseFastPath(level, oldEntry | Pte.Writable, newEntry | Pte.Writable);
}
