using Implementation.Memory;

namespace Implementation.Hypervisor;

/// <summary>A vCPU's <c>struct vcpu_info</c> (xen/include/public/xen.h), wherever the guest has placed it.</summary>
internal sealed class VcpuInfo(PhysicalMemory memory, ulong mfn, int offset, SharedInfoLayout layout)
{
    public const int Size = 64;

    private const int PendingAt = 0, MaskAt = 1, TimeAt = 32;

    private readonly SharedPage _page = new(memory, mfn);

    public ulong Mfn => _page.Mfn;

    public int Offset { get; } = offset;

    /// <summary><c>evtchn_upcall_pending</c>: some unmasked event waits.</summary>
    public bool UpcallPending
    {
        get => _page.Read<byte>(Offset + PendingAt) != 0;
        set => _page.Write(Offset + PendingAt, value ? (byte)1 : (byte)0);
    }

    /// <summary><c>evtchn_upcall_mask</c>: the guest's virtual interrupt flag, inverted.</summary>
    public bool UpcallMask
    {
        get => _page.Read<byte>(Offset + MaskAt) != 0;
        set => _page.Write(Offset + MaskAt, value ? (byte)1 : (byte)0);
    }

    /// <summary><c>evtchn_pending_sel</c>: which words of <c>evtchn_pending</c> to look at.</summary>
    public ulong PendingSelector
    {
        get => IsNarrow ? _page.Read<uint>(Offset + layout.SelectorAt) : _page.Read<ulong>(Offset + layout.SelectorAt);
        set => WriteWord(layout.SelectorAt, value);
    }

    /// <summary><c>arch.cr2</c>: the address of the last page fault.</summary>
    public ulong Cr2
    {
        set => WriteWord(layout.Cr2At, value);
    }

    private bool IsNarrow => layout.WordBits == 32;

    public ReadOnlySpan<byte> Contents => _page.Bytes(Offset, Size);

    public void CopyFrom(VcpuInfo other) => _page.WriteBytes(Offset, other.Contents);

    /// <summary>Publishes the clock as <c>struct vcpu_time_info</c>.</summary>
    public void WriteTime() => _page.WriteBytes(Offset + TimeAt, VirtualTime.TimeInfo);

    private void WriteWord(int at, ulong value)
    {
        if (IsNarrow) _page.Write(Offset + at, (uint)value);
        else _page.Write(Offset + at, value);
    }
}
