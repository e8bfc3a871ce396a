namespace Implementation.Cpu;

/// <summary>General registers in the order of their encoding (SDM Vol. 2A, table 3-1).</summary>
public enum Gpr { Rax, Rcx, Rdx, Rbx, Rsp, Rbp, Rsi, Rdi, R8, R9, R10, R11, R12, R13, R14, R15 }

/// <summary>Segment registers in the order of their encoding (SDM Vol. 2A, "Sreg").</summary>
public enum SegmentRegister { Es, Cs, Ss, Ds, Fs, Gs }

/// <summary>Why <see cref="Processor.Run"/> came back.</summary>
public enum ExitReason
{
    /// <summary>The instruction budget is used up; the state is exact.</summary>
    Budget,

    /// <summary>SYSCALL was executed: RCX holds the return RIP, R11 the flags, RIP the return address; CPL unchanged.</summary>
    Syscall,

    /// <summary>SYSENTER was executed; nothing has changed but RIP, the next instruction's, which the owner is not told on hardware.</summary>
    Sysenter,

    /// <summary>
    /// A fault: RIP is the faulting instruction and no register has changed. Or a trap (#DB, but for a breakpoint of an instruction): RIP is the
    /// next one.
    /// </summary>
    Exception,

    /// <summary>INT n, INT3, INTO: RIP is the next instruction; <see cref="CpuExit.InstructionLength"/> leads back.</summary>
    SoftwareInterrupt,
}

/// <summary>One return from the processor to its owner.</summary>
/// <param name="Reason">why</param>
/// <param name="Vector">the exception or interrupt vector</param>
/// <param name="ErrorCode">as hardware pushes it; 0 where the vector has none</param>
/// <param name="Address">the linear address of a page fault (also left in CR2)</param>
/// <param name="InstructionLength">bytes of the instruction, for software interrupts</param>
/// <param name="DebugStatus">of #DB: what it sets in DR6, B0..B3 and BS</param>
public readonly record struct CpuExit(
    ExitReason Reason, byte Vector = 0, uint ErrorCode = 0, ulong Address = 0, int InstructionLength = 0, uint DebugStatus = 0);

/// <summary>The four registers CPUID answers.</summary>
public readonly record struct CpuidLeaf(uint Eax, uint Ebx, uint Ecx, uint Edx);

/// <summary>What the processor asks of its owner while it runs. All calls are on cold paths.</summary>
public interface IProcessorBus
{
    /// <summary>CPUID.</summary>
    CpuidLeaf Cpuid(uint leaf, uint subleaf);

    /// <summary>The 8-byte descriptor that a selector names, or false when it lies beyond its table's limit (SDM Vol. 3A, 3.4.5).</summary>
    bool TryReadDescriptor(ushort selector, out ulong descriptor);

    /// <summary>
    /// Why <see cref="TryReadDescriptor"/> has just answered false: the page of the table that the descriptor lies in is not there, and this
    /// is the descriptor's linear address. Null: it lies beyond the limit.
    /// </summary>
    ulong? AbsentDescriptor => null;

    /// <summary>What SLDT shows: null for an empty table.</summary>
    ushort LocalTableSelector => 0;

    /// <summary>
    /// The stack of an inner ring, for a call gate that leads there: what the task segment of 32-bit code holds for it (SDM Vol. 3A,
    /// figure 8-2). False: there is no task segment, which is #TS(0).
    /// </summary>
    bool TryReadRingStack(int cpl, out ushort ss, out uint esp)
    {
        ss = 0;
        esp = 0;
        return false;
    }

    /// <summary>A translation enters the TLB. Reported once per fill and again when a write first upgrades it.</summary>
    /// <param name="root">mfn of the root table walked</param>
    /// <param name="linear">page-aligned linear address</param>
    /// <param name="mfn">the 4 KiB frame it now reaches</param>
    /// <param name="writable">whether the cached translation allows stores</param>
    void TranslationCached(ulong root, ulong linear, ulong mfn, bool writable);
}

/// <summary>One usable translation in a processor's TLB.</summary>
public readonly record struct CachedTranslation(ulong Linear, ulong Mfn, bool Writable);

/// <summary>The kind of access a translation is asked for.</summary>
public enum AccessKind { Read, Write, Execute }
