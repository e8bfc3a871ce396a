namespace Implementation.Hypervisor;

/// <summary>A domain's grant table, version 1: Xen's frames, shared with the domain, of 8-byte entries.</summary>
public sealed class GrantTable
{
    public const uint MaxFrames = 64;

    /// <summary>Entries that the toolstack fills in before the guest runs (xen/include/public/grant_table.h).</summary>
    internal const uint ReservedConsole = 0, ReservedXenStore = 1;

    private const ushort PermitAccess = 1;
    private const int EntrySize = 8;

    private readonly Domain _domain;
    private readonly List<ulong> _frames = [];

    internal GrantTable(Domain domain)
    {
        _domain = domain;
        _frames.Add(domain.Xen.Heap.AllocateShared(domain));
    }

    public const uint Version = 1;

    /// <summary>The machine frames of the table, in order.</summary>
    public IReadOnlyList<ulong> Frames => _frames;

    /// <summary>Grows the table to <paramref name="frames"/> frames; it never shrinks.</summary>
    /// <param name="frames">untrusted</param>
    /// <returns>false beyond the limit, or if the machine has no frames left for it</returns>
    internal bool TryGrow(uint frames)
    {
        if (frames > MaxFrames) return false;

        int missing = (int)frames - _frames.Count;
        if (missing > 0 && _domain.Xen.Heap.FreeFrames < (ulong)missing) return false;

        while (_frames.Count < frames) _frames.Add(_domain.Xen.Heap.AllocateShared(_domain));
        return true;
    }

    /// <summary>Writes an entry on the guest's behalf, as the domain builder does for the rings.</summary>
    internal void Permit(uint reference, ushort to, ulong mfn)
    {
        SharedPage page = new(_domain.Xen.Memory, _frames[0]);
        int at = (int)reference * EntrySize;
        page.Write(at + 4, (uint)mfn);
        page.Write(at + 2, to);
        page.Write(at, PermitAccess);
    }
}
