namespace Model;

/// <summary>What a frame is in use as. The uses exclude one another (xen/arch/x86/mm.c, opening comment).</summary>
public enum PageType
{
    None,
    Writable,
    L1,
    L2,
    L3,
    L4,
    SegDesc,

    /// <summary>A second-level table with Xen's own slots in it, for the last slot of a 32-bit guest's root (PGT_pae_xen_l2).</summary>
    XenL2,
}
