namespace Implementation.Hypervisor;

/// <summary>What a frame is in use as. The uses exclude one another (xen/arch/x86/mm.c, opening comment).</summary>
public enum PageType : byte { None, L1, L2, L3, L4, SegDesc, Writable }

/// <summary>Xen's record of one machine frame, the part of <c>struct page_info</c> that isolation rests on.</summary>
public struct FrameInfo
{
    public ushort Owner;
    public PageType Type;
    public bool IsXenHeap, IsPinned, IsValidated, IsPartial;
    public ushort ValidatedEntries;
    public short LinearCount;
    public uint TypeCount, RefCount;
}

/// <summary>One <see cref="FrameInfo"/> for each frame of the machine.</summary>
public sealed partial class FrameTable(Xen xen)
{
    public const ushort DomidIo = 0x7ff1, DomidXen = 0x7ff2, NoOwner = 0x7ff4;

    private readonly FrameInfo[] _frames = new FrameInfo[xen.Memory.Frames];

    public ref readonly FrameInfo this[ulong mfn] => ref _frames[mfn];
}
