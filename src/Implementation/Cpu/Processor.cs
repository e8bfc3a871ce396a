using System.Runtime.Intrinsics;
using Implementation.Memory;

namespace Implementation.Cpu;

/// <summary>One x86-64 processor executed in software over <see cref="PhysicalMemory"/>.</summary>
/// <remarks>
/// It is hardware and knows nothing of Xen: whatever traps on a real processor comes back from <see cref="Run"/> as a
/// <see cref="CpuExit"/>, and the owner decides what the guest sees.
/// </remarks>
public sealed unsafe class Processor : IDisposable
{
    public Processor(PhysicalMemory memory, IProcessorBus bus) => throw new NotSupportedException();

    public ulong this[Gpr register] { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public ulong Rip { get; set; }

    /// <summary>RFLAGS, all architectural bits (SDM Vol. 1, 3.4.3); bit 1 reads as 1.</summary>
    public ulong Rflags { get; set; }

    /// <summary>Current privilege level, 0..3. A pv64 guest always runs at 3.</summary>
    public int Cpl { get; set; }

    public ulong Cr0 { get; set; }

    public ulong Cr2 { get; set; }

    /// <summary>Machine address of the root table. Setting it flushes the TLB.</summary>
    public ulong Cr3 { get; set; }

    public ulong Cr4 { get; set; }

    public ulong Efer { get; set; }

    public ulong FsBase { get; set; }

    public ulong GsBase { get; set; }

    public uint Mxcsr { get; set; }

    public ushort GetSelector(SegmentRegister register) => throw new NotSupportedException();

    /// <summary>Loads a selector and its hidden part without any check, as a hypervisor does when it builds a context.</summary>
    public void SetSelector(SegmentRegister register, ushort selector) => throw new NotSupportedException();

    public Vector128<byte> GetXmm(int index) => throw new NotSupportedException();

    public void SetXmm(int index, Vector128<byte> value) => throw new NotSupportedException();

    /// <summary>Instructions retired since construction; each iteration of a repeated string instruction counts one.</summary>
    public ulong Retired { get; }

    /// <summary>What RDTSC answers: <see cref="TscOffset"/> plus one tick per retired instruction.</summary>
    public ulong Tsc => TscOffset + Retired;

    /// <summary>Ticks of virtual time that passed while no instruction retired.</summary>
    public ulong TscOffset { get; set; }

    /// <summary>Opcode forms that were met and are not implemented (each raised #UD), with how often.</summary>
    public IReadOnlyDictionary<string, ulong> Unimplemented { get; } = new Dictionary<string, ulong>();

    /// <summary>Executes until something the owner must see, or until <paramref name="budget"/> instructions retired.</summary>
    public CpuExit Run(ulong budget) => throw new NotSupportedException();

    /// <summary>Executes exactly one instruction (one iteration of a repeated one).</summary>
    public CpuExit Step() => Run(1);

    /// <summary>
    /// Executes one instruction as <see cref="Step"/> does, with one difference: stores of any privilege to frame
    /// <paramref name="mfn"/>, also through read-only translations, go to <paramref name="scratch"/> instead (loads from
    /// it read <paramref name="scratch"/> too). No translation made on the way survives.
    /// </summary>
    public CpuExit StepRedirected(ulong mfn, ulong scratch) => throw new NotSupportedException();

    /// <summary>Walks the current tables like the hardware, without faulting, filling the TLB or setting A and D bits.</summary>
    /// <returns>true, and the machine address that <paramref name="linear"/> reaches; false where the access would fault,
    /// with the page-fault error code it would have.</returns>
    public bool TryTranslate(ulong linear, AccessKind access, out ulong address, out uint errorCode) =>
        throw new NotSupportedException();

    public void FlushTlb() => throw new NotSupportedException();

    public void FlushPage(ulong linear) => throw new NotSupportedException();

    /// <summary>The translations that the next instruction could use without a walk.</summary>
    public IEnumerable<CachedTranslation> CachedTranslations() => throw new NotSupportedException();

    /// <summary>Whether any usable translation reaches <paramref name="mfn"/>; allocation-free, for the watch.</summary>
    public bool IsCached(ulong mfn, bool writable) => throw new NotSupportedException();

    /// <summary>Writes the 512-byte FXSAVE image (SDM Vol. 1, 10.5) of the x87 and SSE state.</summary>
    public void SaveFpu(Span<byte> image) => throw new NotSupportedException();

    public void LoadFpu(ReadOnlySpan<byte> image) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
