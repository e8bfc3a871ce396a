using Implementation.Hypervisor;

namespace Conformance.Faults;

/// <summary>XSA-401 (2022): a frame became a page table while a processor could still hold a writable translation of it.</summary>
/// <remarks>In Xen the flush came too early, before the new type kept others out; here it does not come at all.</remarks>
internal sealed class Xsa401(Xen xen) : PageTables(xen)
{
    protected internal override void FlushBeforeRetype(ulong mfn, PageType from, PageType to)
    {
    }
}
