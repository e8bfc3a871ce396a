namespace Implementation.Hypervisor;

/// <summary>Page types, validation and updates of guest page tables (what xen/arch/x86/mm.c is to Xen).</summary>
public partial class PageTables(Xen xen)
{
    protected Xen Xen { get; } = xen;
}
