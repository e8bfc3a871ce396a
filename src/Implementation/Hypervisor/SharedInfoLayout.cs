namespace Implementation.Hypervisor;

/// <summary>Offsets of what Xen keeps in <c>struct shared_info</c> and <c>struct vcpu_info</c> (xen/include/public/xen.h).</summary>
/// <param name="WordBits">bits of a word of the event channels' bitmaps, and words of each</param>
/// <param name="PendingAt"><c>evtchn_pending</c></param>
/// <param name="MaskAt"><c>evtchn_mask</c></param>
/// <param name="ClockAt"><c>wc_version</c>, <c>wc_sec</c>, <c>wc_nsec</c></param>
/// <param name="ClockHighAt"><c>wc_sec_hi</c></param>
/// <param name="SelectorAt">in vcpu_info: <c>evtchn_pending_sel</c></param>
/// <param name="Cr2At">in vcpu_info: <c>arch.cr2</c></param>
internal sealed record SharedInfoLayout(int WordBits, int PendingAt, int MaskAt, int ClockAt, int ClockHighAt, int SelectorAt, int Cr2At)
{
    private static readonly SharedInfoLayout
        Wide = new(WordBits: 64, PendingAt: 0x800, MaskAt: 0xa00, ClockAt: 0xc00, ClockHighAt: 0xc0c, SelectorAt: 8, Cr2At: 16),
        Narrow = new(WordBits: 32, PendingAt: 0x800, MaskAt: 0x880, ClockAt: 0x900, ClockHighAt: 0x924, SelectorAt: 4, Cr2At: 8);

    public uint Ports => (uint)(WordBits * WordBits);

    public static SharedInfoLayout Of(DomainKind kind) => kind == DomainKind.Pv32Pae ? Narrow : Wide;
}
