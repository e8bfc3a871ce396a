using System.Runtime.InteropServices;

namespace Implementation.Hypervisor;

/// <summary>The machine-to-physical table as 32-bit guests see it: entries of four bytes from 0xf5800000 up, read-only.</summary>
/// <remarks>
/// Addresses: HYPERVISOR_COMPAT_VIRT_START and MACH2PHYS_COMPAT_VIRT_END, xen/arch/x86/include/asm/config.h. It is in reach of
/// the guest's kernel alone: the pages are not US.
/// </remarks>
public sealed class MachineToPhys32
{
    public const uint VirtStart = 0xf580_0000, VirtEnd = 0xffe0_0000;

    /// <summary>The first slot of the last GiB's L2 that is Xen's; those from here to the end are.</summary>
    public const int FirstSlot = (int)((VirtStart >> 21) % Pte.TableEntries);

    private const int EntriesPerFrame = 1024;

    private readonly Xen _xen;
    private readonly ulong[] _frames, _tables;

    internal MachineToPhys32(Xen xen)
    {
        _xen = xen;
        _frames = new ulong[(xen.Memory.Frames + EntriesPerFrame - 1) / EntriesPerFrame];
        _tables = new ulong[(_frames.Length + Pte.TableEntries - 1) / Pte.TableEntries];
        for (int i = 0; i < _tables.Length; i++) _tables[i] = xen.Heap.AllocateXenFrame();
        for (int i = 0; i < _frames.Length; i++)
        {
            _frames[i] = xen.Heap.AllocateXenFrame();
            xen.Memory.Frame(_frames[i]).Fill(0xff);
            xen.Memory.Entries(_tables[i / Pte.TableEntries])[i % Pte.TableEntries] =
                Pte.Make(_frames[i], Pte.Present | Pte.Accessed | Pte.NoExecute);
        }
    }

    public uint this[ulong mfn]
    {
        get => EntriesOf(mfn)[(int)(mfn % EntriesPerFrame)];
        internal set => EntriesOf(mfn)[(int)(mfn % EntriesPerFrame)] = value;
    }

    /// <summary>What belongs into a slot of Xen's; 0 beyond the machine's memory.</summary>
    internal ulong EntryOf(int slot) =>
        slot - FirstSlot < _tables.Length ? Pte.Make(_tables[slot - FirstSlot], Pte.Present | Pte.Accessed) : 0;

    private Span<uint> EntriesOf(ulong mfn) => MemoryMarshal.Cast<byte, uint>(_xen.Memory.Frame(_frames[mfn / EntriesPerFrame]));
}
