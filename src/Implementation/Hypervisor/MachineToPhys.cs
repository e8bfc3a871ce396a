namespace Implementation.Hypervisor;

/// <summary>The machine-to-physical table: for each machine frame the pfn its owner knows it by, readable by every guest.</summary>
/// <remarks>
/// Guests see it at 0xffff800000000000 (MACH2PHYS_VIRT_START, xen/include/public/arch-x86/xen-x86_64.h) through slot 256 of
/// their kernel root. Its frames, and the three levels of tables that map them read-only, are Xen's.
/// </remarks>
public sealed class MachineToPhys
{
    /// <summary>Entry of a frame without a pfn (INVALID_M2P_ENTRY).</summary>
    public const ulong Invalid = ulong.MaxValue;

    public const ulong VirtStart = 0xffff_8000_0000_0000, VirtEnd = 0xffff_8040_0000_0000;

    private const int EntriesPerFrame = 512;
    private const ulong ReadOnly = Pte.Present | Pte.User | Pte.Accessed | Pte.NoExecute;
    private const ulong ReadOnlyTable = Pte.Present | Pte.User | Pte.Accessed;

    private readonly Xen _xen;
    private readonly ulong[] _frames;
    private MachineToPhys32? _for32Bit;

    internal MachineToPhys(Xen xen)
    {
        _xen = xen;
        _frames = new ulong[(xen.Memory.Frames + EntriesPerFrame - 1) / EntriesPerFrame];
        for (int i = 0; i < _frames.Length; i++)
        {
            _frames[i] = xen.Heap.AllocateXenFrame();
            xen.Memory.Frame(_frames[i]).Fill(0xff);
        }

        RootEntry = Pte.Make(MapAll(_frames, level: 1), ReadOnlyTable);
    }

    /// <summary>The entry for slot 256 of a root table.</summary>
    public ulong RootEntry { get; }

    public ulong this[ulong mfn]
    {
        get => _xen.Memory.Read64(AddressOf(mfn));
        internal set
        {
            _xen.Memory.Write64(AddressOf(mfn), value);
            if (_for32Bit is not null) _for32Bit[mfn] = (uint)value;
        }
    }

    /// <summary>The same for 32-bit guests, made for the first of them.</summary>
    public MachineToPhys32 For32Bit => _for32Bit ??= Narrow();

    private MachineToPhys32 Narrow()
    {
        MachineToPhys32 narrow = new(_xen);
        for (ulong mfn = 0; mfn < _xen.Memory.Frames; mfn++) narrow[mfn] = (uint)this[mfn];
        return narrow;
    }

    private ulong AddressOf(ulong mfn) => (_frames[mfn / EntriesPerFrame] << 12) + (mfn % EntriesPerFrame * sizeof(ulong));

    /// <summary>Builds the tables of <paramref name="level"/> over the frames below, and those above up to the one L3.</summary>
    private ulong MapAll(ReadOnlySpan<ulong> below, int level)
    {
        ulong[] tables = new ulong[(below.Length + EntriesPerFrame - 1) / EntriesPerFrame];
        for (int i = 0; i < tables.Length; i++)
        {
            tables[i] = _xen.Heap.AllocateXenFrame();
            Span<ulong> entries = _xen.Memory.Entries(tables[i]);
            ReadOnlySpan<ulong> targets = below[(i * EntriesPerFrame)..];
            for (int slot = 0; slot < Math.Min(EntriesPerFrame, targets.Length); slot++)
                entries[slot] = Pte.Make(targets[slot], level == 1 ? ReadOnly : ReadOnlyTable);
        }

        return level == 3 ? tables[0] : MapAll(tables, level + 1);
    }
}
