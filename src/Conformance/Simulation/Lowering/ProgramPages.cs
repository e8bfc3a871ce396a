using Conformance.Scripts;
using Implementation.Hypervisor;

namespace Conformance.Simulation.Lowering;

/// <summary>Where a vCPU's program lies in its domain's address space, page by page. All addresses are such that code can name them in 32 bits: of 64-bit code in the last 2 GiB.</summary>
/// <param name="Code">linear address of the first of <paramref name="CodePages"/> pages of code</param>
/// <param name="Buffer">the page in which acts have their arguments</param>
/// <param name="Results">four pages: one to spare, into which a buffer may run over; tables; records; one more</param>
/// <param name="StackTop">first byte beyond the page of the stack</param>
/// <param name="Domains">domains of the stage</param>
/// <param name="Mode">of its code</param>
internal readonly record struct ProgramPages(ulong Code, int CodePages, ulong Buffer, ulong Results, ulong StackTop, int Domains, DomainKind Mode)
{
    public const int PageShift = 12, PageSize = 1 << PageShift;

    /// <summary>Records of acts; the last belongs to what is not of a script.</summary>
    public const int Records = PageSize / RecordBytes, RecordBytes = 32;

    /// <summary>Offsets in a record: how the act came out, its value, CR2 at a page fault, and where the program goes on after a trap.</summary>
    public const int Kind = 0, Value = 8, FaultAddress = 16, Resume = 24;

    /// <summary>The entry points and the gates.</summary>
    public const int StubPages = 2;

    private const int TrapTablePages = 2, BeforeSheet = StubPages + TrapTablePages;
    private const int FramesAt = 0x100, PortsAt = 0x400, PortTableBytes = sizeof(ulong) + (Stage.Ports * sizeof(uint)), CallbacksAt = 0xe00;

    /// <summary>An instruction that does not exist.</summary>
    public ulong Undefined => Code;

    /// <summary>The virtual IDT as set_trap_table reads it.</summary>
    public ulong TrapTable => Code + (StubPages * PageSize);

    /// <summary>The code of the script's acts.</summary>
    public ulong Sheet => Code + (BeforeSheet * PageSize);

    public int SheetBytes => (CodePages - BeforeSheet) * PageSize;

    /// <summary>Holds the address of the record of the act at hand.</summary>
    public ulong Current => Results + PageSize;

    /// <summary>Machine frame numbers of the frames that scripts name: eight bytes each, domain by domain.</summary>
    public ulong FrameTable => Current + FramesAt;

    /// <summary>What callback_op is told.</summary>
    public ulong Callbacks => Current + CallbacksAt;

    /// <summary>Where traps from user mode arrive. Above it, zeros.</summary>
    public ulong KernelStack => StackTop - 0x100;

    /// <summary>Where the frame of an iret hypercall lies that leaves the kernel's stack empty.</summary>
    public ulong ReturnFrame => KernelStack - (9 * sizeof(ulong));

    public ulong UserStack => StackTop - 0xc00;

    /// <summary>The record of what is not of a script.</summary>
    public ulong GateRecord => Record(Records - 1);

    /// <summary>Which domain a number means: those beyond the last begin anew.</summary>
    public int Place(int domain) => (domain + Domains - 1) % Domains;

    /// <summary>Where the machine frame number of a frame is.</summary>
    public ulong Frame(int domain, int index) =>
        FrameTable + (ulong)(((Place(domain) * StageFrame.Count) + Math.Min(index, StageFrame.Count - 1)) * sizeof(ulong));

    /// <summary>How many ports a domain can name, in eight bytes; then the ports, in four each.</summary>
    public ulong Ports(int domain) => Current + PortsAt + (ulong)(Place(domain) * PortTableBytes);

    public ulong Record(int index) => Results + (2 * PageSize) + (ulong)(index * RecordBytes);
}
