using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Iced.Intel;
using Implementation.Memory;
using Implementation.Snapshots;

namespace Implementation.Cpu;

/// <summary>One x86-64 processor executed in software over <see cref="PhysicalMemory"/>.</summary>
/// <remarks>
/// It is hardware and knows nothing of Xen: whatever traps on a real processor comes back from <see cref="Run"/> as a
/// <see cref="CpuExit"/>, and the owner decides what the guest sees. Instructions are decoded once into blocks of micro-ops
/// (<see cref="BlockFinder"/>, <see cref="Translator"/>) whose handlers jump to one another until the block ends.
/// Not modelled: breakpoints of I/O ports, the one-instruction shadow of MOV SS, SMEP and SMAP; tasks, virtual-8086 mode, paging
/// of two levels, and SYSCALL outside 64-bit code (#UD).
/// </remarks>
public sealed unsafe partial class Processor : IDisposable, IRestorable
{
    private readonly PhysicalMemory _memory;
    private readonly FrameCounts _translations;
    private readonly Tlb _userTlb;
    private readonly BlockFinder _finder;
    private readonly Dictionary<Code, ulong> _unimplemented = [];
    private readonly Dictionary<string, ulong> _otherUnimplemented = [];
    private readonly GCHandle _self;
    private CpuState* _c;
    private Tlb? _supervisorTlb;
    private Tlb? _redirectTlb;
    private ProcessorFeatures? _features;

    public Processor(PhysicalMemory memory, IProcessorBus bus)
    {
        _memory = memory;
        Bus = bus;
        _translations = new(memory.Frames);
        _userTlb = new(_translations);
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
        _c = (CpuState*)NativeMemory.AlignedAlloc((nuint)sizeof(CpuState), 64);
        new Span<byte>(_c, sizeof(CpuState)).Clear();
        _finder = new(_c, memory, bus, _translations, new(this));
        _c->Owner = GCHandle.ToIntPtr(_self);
        _c->Ram = memory.Base;
        _c->Frames = memory.Frames;
        _c->CodeFrames = memory.CodeFrames;
        _c->WrittenFrames = memory.WrittenFrames;
        _c->Translations = _userTlb.Base;
        _c->Jumps = _finder.Jumps;
        _c->RedirectFrom = ulong.MaxValue;
        _c->Cpl = 3;
        _c->Cr0 = 0x8001_003B; // PG, WP, NE, ET, TS, MP, PE
        _c->Cr4 = 0x20; // PAE
        _c->Efer = 0xD01; // NXE, LMA, LME, SCE
        _c->SegmentAttributes[(int)SegmentRegister.Cs] = 0xA0FB; // 64-bit code of DPL 3
        _c->Mxcsr = 0x1F80;
        *(ushort*)_c->X87 = 0x37F;
        memory.CodeWritten += OnCodeWritten;
        memory.CodeDecoded += OnCodeDecoded;
        Segments.Update(_c);
    }

    internal IProcessorBus Bus { get; }

    /// <summary>Where the descriptor last looked at would have been; null if it was there.</summary>
    internal ulong? AbsentDescriptor { get; set; }

    internal ProcessorFeatures Features => _features ??= ProcessorFeatures.Read(Bus);

    internal CpuState* State => _c;

    public ulong this[Gpr register]
    {
        get => _c->R[(int)register & 15];
        set => _c->R[(int)register & 15] = value;
    }

    public ulong Rip
    {
        get => _c->Rip;
        set => _c->Rip = value;
    }

    /// <summary>RFLAGS, all architectural bits (SDM Vol. 1, 3.4.3); bit 1 reads as 1.</summary>
    public ulong Rflags
    {
        get => FlagInstructions.Read(_c);
        set
        {
            Flags.Set(_c, value);
            _c->ControlFlags = value & RflagsBit.Control;
            AccessGuard.Update(_c);
        }
    }

    /// <summary>Current privilege level, 0..3. A pv64 guest always runs at 3, a 32-bit one at 1 and 3.</summary>
    /// <remarks>Far transfers of 16- and 32-bit code change it too.</remarks>
    public int Cpl
    {
        get => _c->Cpl;
        set
        {
            CodeSegments.SetPrivilege(_c, value & 3);
            Segments.Update(_c);
        }
    }

    /// <summary>The code segment in use is one of 64-bit code.</summary>
    public bool RunsCode64 => (_c->Mode & CodeMode.Code64) != 0;

    public ulong Cr0
    {
        get => _c->Cr0;
        set
        {
            SetPagingControl(ref _c->Cr0, value);
            AccessGuard.Update(_c);
        }
    }

    public ulong Cr2
    {
        get => _c->Cr2;
        set => _c->Cr2 = value;
    }

    /// <summary>Machine address of the root table. Setting it flushes the TLB.</summary>
    public ulong Cr3
    {
        get => _c->Cr3;
        set
        {
            _c->Cr3 = value;
            FlushTlb();
        }
    }

    public ulong Cr4
    {
        get => _c->Cr4;
        set => SetPagingControl(ref _c->Cr4, value);
    }

    public ulong Efer
    {
        get => _c->Efer;
        set
        {
            SetPagingControl(ref _c->Efer, value);
            Segments.Update(_c);
        }
    }

    /// <summary>DR7: which breakpoints are enabled, and for what (SDM Vol. 3B, 17.2.4). GD and breakpoints of I/O ports do nothing.</summary>
    public ulong DebugControl
    {
        get => _c->Dr7;
        set
        {
            _c->Dr7 = value;
            AccessGuard.Update(_c);
        }
    }

    public ulong FsBase
    {
        get => CpuState.At<ulong>(_c, CpuState.SegmentBaseOffset(SegmentRegister.Fs));
        set => CpuState.At<ulong>(_c, CpuState.SegmentBaseOffset(SegmentRegister.Fs)) = value;
    }

    public ulong GsBase
    {
        get => CpuState.At<ulong>(_c, CpuState.SegmentBaseOffset(SegmentRegister.Gs));
        set => CpuState.At<ulong>(_c, CpuState.SegmentBaseOffset(SegmentRegister.Gs)) = value;
    }

    public uint Mxcsr
    {
        get => _c->Mxcsr;
        set => _c->Mxcsr = value;
    }

    /// <summary>What RDTSCP leaves in ECX.</summary>
    public uint TscAux
    {
        get => _c->TscAux;
        set => _c->TscAux = value;
    }

    /// <summary>DR0..DR3.</summary>
    /// <param name="index">0..3</param>
    /// <param name="linear">address of the instruction, or of data aligned to their length</param>
    public void SetBreakpoint(int index, ulong linear) => _c->BreakpointAddress[index & 3] = linear;

    public ushort GetSelector(SegmentRegister register) => _c->Selector[(int)register];

    /// <summary>Loads a selector and its hidden part without any check, as a hypervisor does when it builds a context.</summary>
    /// <remarks>
    /// A selector with a descriptor gives FS and GS its base; a null one leaves their base alone. CS says what code is: 64-bit with
    /// L and EFER.LMA, else 32- or 16-bit by D; a selector without a descriptor leaves that alone.
    /// </remarks>
    public void SetSelector(SegmentRegister register, ushort selector)
    {
        ulong fsBase = FsBase, gsBase = GsBase;
        Descriptor descriptor = Segments.Peek(_c, selector);
        AbsentDescriptor = null;
        if (register == SegmentRegister.Cs && descriptor.Raw == 0)
        {
            _c->Selector[(int)SegmentRegister.Cs] = selector;
            return;
        }

        Segments.SetHidden(_c, register, selector, descriptor);
        if (descriptor.Raw != 0) return;
        FsBase = fsBase;
        GsBase = gsBase;
    }

    public Vector128<byte> GetXmm(int index) => Vector128.Load(_c->Xmm + 16 * (index & 15));

    public void SetXmm(int index, Vector128<byte> value) => value.Store(_c->Xmm + 16 * (index & 15));

    /// <summary>Instructions retired since construction; each iteration of a repeated string instruction counts one.</summary>
    /// <remarks>
    /// SYSCALL and INT n, which end with their exit, are retired; an instruction that faults is not. A repetition with RCX = 0
    /// counts one.
    /// </remarks>
    public ulong Retired => _c->Clock - (ulong)_c->Budget;

    /// <summary>What RDTSC answers: <see cref="TscOffset"/> plus one tick per retired instruction.</summary>
    public ulong Tsc => TscOffset + Retired;

    /// <summary>Ticks of virtual time that passed while no instruction retired.</summary>
    public ulong TscOffset
    {
        get => _c->TscOffset;
        set => _c->TscOffset = value;
    }

    /// <summary>Opcode forms that were met and are not implemented (each raised #UD), with how often.</summary>
    public IReadOnlyDictionary<string, ulong> Unimplemented => WordUnimplemented();

    /// <summary>Executes exactly one instruction (one iteration of a repeated one).</summary>
    public CpuExit Step() => Run(1);

    /// <summary>
    /// Executes one instruction as <see cref="Step"/> does, with one difference: stores of any privilege to frame
    /// <paramref name="mfn"/>, also through read-only translations, go to <paramref name="scratch"/> instead (loads from
    /// it read <paramref name="scratch"/> too). No translation made on the way survives.
    /// </summary>
    public CpuExit StepRedirected(ulong mfn, ulong scratch)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(mfn, _memory.Frames);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(scratch, _memory.Frames);
        _redirectTlb ??= new(counts: null);
        UseTranslations(_redirectTlb);
        _c->RedirectFrom = mfn;
        _c->RedirectTo = scratch;
        CpuExit exit = Run(1);
        _c->RedirectFrom = ulong.MaxValue;
        UseTranslations(CurrentTlb);
        _redirectTlb.Flush();
        return exit;
    }

    /// <summary>Reads eight bytes as an instruction would: through the TLB or by a walk that fills it and sets A bits.</summary>
    /// <returns><see cref="ExitReason.Budget"/>, or the exception that the access raises; no instruction retires</returns>
    public CpuExit Load(ulong linear, out ulong value)
    {
        _c->Exit = ExitKind.None;
        ulong* at = MemoryAccess.Read<ulong>(_c, linear, CpuState.FirstSegmentBase);
        value = at == null ? 0 : *at;
        return MakeExit();
    }

    /// <summary>Writes eight bytes as an instruction would: through the TLB or by a walk that fills it and sets A and D bits.</summary>
    /// <returns>as <see cref="Load"/></returns>
    public CpuExit Store(ulong linear, ulong value)
    {
        _c->Exit = ExitKind.None;
        ulong* at = MemoryAccess.Modify<ulong>(_c, linear, CpuState.FirstSegmentBase);
        if (at != null)
        {
            *at = value;
            if (MemoryAccess.IsStaged(_c, at)) MemoryAccess.CommitStaged(_c);
        }

        return MakeExit();
    }

    /// <summary>Walks the current tables like the hardware, without faulting, filling the TLB or setting A and D bits.</summary>
    /// <returns>true, and the machine address that <paramref name="linear"/> reaches; false where the access would fault,
    /// with the page-fault error code it would have.</returns>
    public bool TryTranslate(ulong linear, AccessKind access, out ulong address, out uint errorCode)
    {
        address = 0;
        errorCode = 0;
        if (!PageWalk.IsCanonical(linear)) return false;
        if (!PageWalk.TryWalk(_c, linear, access, update: false, out Translation found, out errorCode)) return false;
        errorCode = 0;
        address = found.Mfn << PhysicalMemory.PageShift | linear & (PhysicalMemory.PageSize - 1);
        return true;
    }

    public void FlushTlb()
    {
        _userTlb.Flush();
        _supervisorTlb?.Flush();
        _finder.FlushTlb();
    }

    public void FlushPage(ulong linear)
    {
        if (_userTlb.HoldsLargePage || _supervisorTlb is { HoldsLargePage: true } || _finder.HoldsLargePage)
        {
            FlushTlb();
            return;
        }

        _userTlb.FlushPage(linear);
        _supervisorTlb?.FlushPage(linear);
        _finder.FlushPage(linear);
    }

    /// <summary>The translations that an instruction could use without a walk, be it at this privilege or another.</summary>
    public IEnumerable<CachedTranslation> CachedTranslations()
    {
        List<CachedTranslation> list = [];
        _userTlb.AddTo(list);
        _supervisorTlb?.AddTo(list);
        _finder.AddTo(list);
        return list;
    }

    /// <summary>Whether any usable translation reaches <paramref name="mfn"/>; allocation-free, for the watch.</summary>
    public bool IsCached(ulong mfn, bool writable) => _translations.IsReached(mfn, writable);

    /// <summary>Writes the 512-byte FXSAVE image (SDM Vol. 1, 10.5) of the x87 and SSE state.</summary>
    public void SaveFpu(Span<byte> image) => FpuImage.Save(_c, image);

    public void LoadFpu(ReadOnlySpan<byte> image) => FpuImage.Load(_c, image);

    /// <summary>A copy of all registers. The TLB is flushed; decoded code, which follows what memory holds, is kept.</summary>
    public object Save()
    {
        FlushTlb();
        return new ReadOnlySpan<byte>(_c, sizeof(CpuState)).ToArray();
    }

    public void Restore(object saved)
    {
        FlushTlb();
        ((byte[])saved).CopyTo(new Span<byte>(_c, sizeof(CpuState)));
    }

    public void Dispose()
    {
        if (_c == null) return;
        _memory.CodeWritten -= OnCodeWritten;
        _memory.CodeDecoded -= OnCodeDecoded;
        _finder.Dispose();
        _userTlb.Dispose();
        _supervisorTlb?.Dispose();
        _translations.Dispose();
        _redirectTlb?.Dispose();
        _self.Free();
        NativeMemory.AlignedFree(_c);
        _c = null;
    }

    /// <summary>Walks for an access that the TLB cannot serve, and fills it.</summary>
    /// <returns>the host address, or null after recording #PF</returns>
    internal byte* FillTlb(TlbEntry* entry, ulong linear, AccessKind access)
    {
        CpuState* c = _c;
        bool redirected = c->RedirectFrom != ulong.MaxValue;
        if (!PageWalk.TryWalk(c, linear, access, update: true, out Translation found, out uint error)
            && !(redirected && access == AccessKind.Write && IsRedirected(linear, out found)))
        {
            c->Cr2 = linear;
            Flow.Record(c, Vector.PF, error);
            return null;
        }

        ulong mfn = redirected && found.Mfn == c->RedirectFrom ? c->RedirectTo : found.Mfn;
        ulong page = linear & Tlb.PageMask;
        byte* host = c->Ram + (mfn << PhysicalMemory.PageShift);
        if (found.Writable || access == AccessKind.Write) c->WrittenFrames[mfn] = 1;
        Tlb tlb = redirected ? _redirectTlb! : CurrentTlb;
        tlb.Fill(entry, page, host, mfn, found.Writable, watched: c->CodeFrames[mfn] != 0);
        tlb.HoldsLargePage |= found.IsLarge;
        if (!redirected) Bus.TranslationCached(c->Cr3 >> PhysicalMemory.PageShift, page, mfn, found.Writable);
        return host + (linear & ~Tlb.PageMask);
    }

    /// <summary>A store was made to a frame that holds decoded code.</summary>
    internal void CodeStored(ulong address, int length) =>
        _memory.Written(address >> PhysicalMemory.PageShift, (int)(address & (PhysicalMemory.PageSize - 1)), length);

    /// <summary>Other code is meant by the same addresses from here on.</summary>
    internal void ModeChanged()
    {
        _finder.ForgetJumps();
        _c->CodeChanged = true;
    }

    /// <summary>Accesses are by the user's rights from here on, or by the supervisor's.</summary>
    internal void PrivilegeChanged()
    {
        if (_c->RedirectFrom == ulong.MaxValue) UseTranslations(CurrentTlb);
        else _redirectTlb!.Flush();
    }

    /// <remarks>Worded when somebody asks: Iced first builds a table of all instructions for that.</remarks>
    internal void CountUnimplemented(Code code) => CollectionsMarshal.GetValueRefOrAddDefault(_unimplemented, code, out _)++;

    internal void CountUnimplemented(string form) => CollectionsMarshal.GetValueRefOrAddDefault(_otherUnimplemented, form, out _)++;

    private Dictionary<string, ulong> WordUnimplemented()
    {
        Dictionary<string, ulong> worded = new(_otherUnimplemented);
        foreach ((Code code, ulong count) in _unimplemented)
            CollectionsMarshal.GetValueRefOrAddDefault(worded, code.ToOpCode().ToInstructionString(), out _) += count;
        return worded;
    }

    /// <summary>User and supervisor accesses each have a TLB of their own, so that going from one to the other flushes neither.</summary>
    private Tlb CurrentTlb => _c->Cpl == 3 ? _userTlb : _supervisorTlb ??= new(_translations);

    private void UseTranslations(Tlb tlb)
    {
        _c->Translations = tlb.Base;
        AccessGuard.Update(_c);
    }

    private void SetPagingControl(ref ulong register, ulong value)
    {
        if (register == value) return;
        register = value;
        FlushTlb();
    }

    /// <summary>A store that the tables forbid but that goes to the redirected frame.</summary>
    private bool IsRedirected(ulong linear, out Translation found) =>
        PageWalk.TryWalk(_c, linear, AccessKind.Read, update: true, out found, out _) && found.Mfn == _c->RedirectFrom;

    private void OnCodeWritten(ulong mfn, int offset, int length) => _finder.Drop(mfn, offset, length);

    private void OnCodeDecoded(ulong mfn)
    {
        _userTlb.WatchStores(mfn);
        _supervisorTlb?.WatchStores(mfn);
        _redirectTlb?.WatchStores(mfn);
    }
}
