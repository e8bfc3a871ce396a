using System.Runtime.Intrinsics.X86;
using Implementation.Cpu;
using Implementation.Memory;

namespace Implementation.Tests.Oracle;

/// <summary>Our <see cref="Processor"/>, with page tables that show <see cref="OracleMemory"/> to user mode.</summary>
internal sealed class EngineProcessor : ISteppingProcessor
{
    internal const ulong AllUserBits = Present | Write | User;

    private const ulong Present = 1;
    private const int SingleStepTrap = 1;
    private const ulong Write = 1 << 1;
    private const ulong User = 1 << 2;
    private const ulong NoExecute = 1UL << 63;

    // Frames are handed out from the top, in an order unlike the linear one.
    private const ulong FrameCount = 64;
    private const ulong RootFrame = 1;

    private readonly PhysicalMemory _memory = new(FrameCount);
    private readonly byte[] _image = new byte[OracleMemory.ImageBytes];
    private ulong _nextTable = RootFrame + 1;

    internal EngineProcessor()
    {
        foreach (Region region in OracleMemory.Regions)
        {
            for (int page = 0; page < region.Pages; page++)
            {
                ulong flags = Present | User | (region.Writable ? Write : 0) | (region.Executable ? 0 : NoExecute);
                Map(region.Linear + (ulong)(page * OracleMemory.PageSize), FrameOf(region.FirstPage + page), flags);
            }
        }

        Cpu = new Processor(_memory, new Bus())
        {
            Cpl = 3,
            Cr0 = 0x8005_0033, // PG AM WP NE ET MP PE
            Cr4 = 0x6a0, // OSXMMEXCPT OSFXSR PGE PAE, with the reserved bits of others clear
            Efer = 0xd01, // NXE LMA LME SCE
            Cr3 = RootFrame << PhysicalMemory.PageShift,
        };
    }

    internal Processor Cpu { get; }

    public Span<byte> Image => _image;

    /// <summary>Of the last step, if it faulted.</summary>
    internal uint ErrorCode { get; private set; }

    /// <summary>B0 to B3 of DR6 from the last step.</summary>
    internal uint BreakpointsMet { get; private set; }

    public Outcome Step(UserState state, bool simd)
    {
        LoadImage();
        Load(state, simd);

        ulong before = Cpu.Retired;
        CpuExit exit = Cpu.Step();
        ulong retired = Cpu.Retired - before;
        (ErrorCode, BreakpointsMet) = (exit.ErrorCode, exit.DebugStatus & 0xf);

        Store(state, simd);
        StoreImage();

        Outcome outcome = exit.Reason switch
        {
            ExitReason.Budget => Outcome.Retired,
            ExitReason.Exception when exit.Vector == 14 => new(14, exit.Address, (exit.ErrorCode & 1) != 0),
            _ => new(SignalledAs(exit.Vector)),
        };
        bool isDone = exit.Reason != ExitReason.Exception || exit.Vector == SingleStepTrap;
        bool stopsBefore = BreakpointsMet != 0 && retired == 0; // A breakpoint of the instruction itself.
        if (!stopsBefore && retired != (isDone ? 1UL : 0UL))
            throw new InvalidOperationException($"one step ended with '{outcome}' and counted {retired} retired instructions");

        return outcome;
    }

    public void Dispose()
    {
        Cpu.Dispose();
        _memory.Dispose();
    }

    /// <summary>Copies the image into the frames.</summary>
    internal void LoadImage()
    {
        for (int page = 0; page < OracleMemory.ImagePages; page++)
        {
            ulong frame = FrameOf(page);
            _image.AsSpan(page * OracleMemory.PageSize, OracleMemory.PageSize).CopyTo(_memory.Frame(frame));
            _memory.Written(frame);
        }
    }

    /// <summary>Copies the frames into the image.</summary>
    internal void StoreImage()
    {
        for (int page = 0; page < OracleMemory.ImagePages; page++)
            _memory.Frame(FrameOf(page)).CopyTo(_image.AsSpan(page * OracleMemory.PageSize));
    }

    internal void Load(UserState state, bool simd)
    {
        for (int i = 0; i < 16; i++) Cpu[(Gpr)i] = state.Gprs[i];
        Cpu.Rip = state.Rip;
        Cpu.Rflags = state.Rflags;
        for (int i = 0; i < 6; i++)
        {
            if (Cpu.GetSelector((SegmentRegister)i) != state.Selectors[i]) Cpu.SetSelector((SegmentRegister)i, state.Selectors[i]);
        }

        Cpu.FsBase = state.FsBase;
        Cpu.GsBase = state.GsBase;
        if (simd) Cpu.LoadFpu(state.Fpu);
    }

    internal void Store(UserState state, bool simd)
    {
        for (int i = 0; i < 16; i++) state.Gprs[i] = Cpu[(Gpr)i];
        for (int i = 0; i < 6; i++) state.Selectors[i] = Cpu.GetSelector((SegmentRegister)i);
        state.Rip = Cpu.Rip;
        state.Rflags = Cpu.Rflags;
        state.FsBase = Cpu.FsBase;
        state.GsBase = Cpu.GsBase;
        if (simd) Cpu.SaveFpu(state.Fpu);
    }

    /// <summary>Of the exceptions for which Linux has one signal: #XM as #MF, #NP as #SS, #TS and #BR as #GP.</summary>
    private static int SignalledAs(int vector) => vector switch
    {
        19 => 16,
        11 => 12,
        10 or 5 => 13,
        _ => vector,
    };

    private static ulong FrameOf(int page) => FrameCount - 1 - (ulong)(page * 3);

    private void Map(ulong linear, ulong frame, ulong flags)
    {
        ulong table = RootFrame;
        for (int shift = 39; shift > 12; shift -= 9)
        {
            ref ulong entry = ref _memory.Entries(table)[(int)(linear >> shift) & 511];
            if (entry == 0) entry = (_nextTable++ << PhysicalMemory.PageShift) | AllUserBits;
            table = (entry & 0x000f_ffff_ffff_f000) >> PhysicalMemory.PageShift;
        }

        _memory.Entries(table)[(int)(linear >> 12) & 511] = (frame << PhysicalMemory.PageShift) | flags;
    }

    /// <summary>The descriptors of the host, and the features of its CPUID that change what bytes mean.</summary>
    private sealed class Bus : IProcessorBus
    {
        public CpuidLeaf Cpuid(uint leaf, uint subleaf) => leaf switch
        {
            1 => new(0, 0, Popcnt.IsSupported ? 1u << 23 : 0, 0),
            7 => new(0, Bmi1.IsSupported ? 1u << 3 : 0, 0, 0),
            0x8000_0001 => new(0, 0, Lzcnt.IsSupported ? 1u << 5 : 0, 0),
            _ => default,
        };

        public bool TryReadDescriptor(ushort selector, out ulong descriptor) => Selectors.TryRead(selector, out descriptor);

        public void TranslationCached(ulong root, ulong linear, ulong mfn, bool writable)
        {
        }
    }
}
