using Conformance.Bridge;
using Implementation.Cpu;
using Implementation.Hypervisor;

namespace Conformance.Watch.Rings;

/// <summary>What a vCPU left guest code for, and what is owed to it before it may go on.</summary>
internal enum Owed
{
    /// <summary>Nothing: the processor was interrupted for Xen's own sake.</summary>
    Nothing,

    /// <summary>That its kernel is entered for <see cref="Trip.Entry"/>, or that Xen carries out what it could not.</summary>
    Entry,

    /// <summary>That its hypercall is carried out.</summary>
    Hypercall,
}

/// <summary>One vCPU's way from guest code through Xen and back: its registers as guest code left them, and what the model does not keep.</summary>
internal sealed class Trip
{
    private const int Registers = 16, Segments = 6;

    private readonly ulong[] _general = new ulong[Registers];
    private readonly ushort[] _selectors = new ushort[Segments];
    private readonly ushort[] _handlerCode = new ushort[RingWorld.Entries];
    private readonly byte[] _code = new byte[EmulatedInstruction.Longest];
    private int _codeLength;

    public Owed Owed { get; set; }

    /// <summary>Vector or callback that is owed.</summary>
    public int Entry { get; set; }

    /// <summary>The error code that the guest is to find, if that is known.</summary>
    public uint? ErrorCode { get; set; }

    /// <summary>The processor left guest code by SYSCALL, and nothing has been changed since: SYSRET may lead back.</summary>
    public bool IsFast { get; set; }

    /// <summary>An iret hypercall, the toolstack or new descriptors may have given the vCPU registers that the processor refuses.</summary>
    public bool IsContextNew { get; set; }

    /// <summary>The vCPU has registers, from the builder or from vcpu_op.</summary>
    public bool HasContext { get; set; }

    /// <summary>A store of the guest's to a page table was carried out.</summary>
    public bool IsStoreEmulated { get; set; }

    /// <summary>The flags of an iret frame that asks for virtual-8086 mode: the kernel gets that frame back, as one of a general protection exception.</summary>
    public ulong? VirtualFlags { get; set; }

    /// <summary>All of RFLAGS as the guest has it.</summary>
    public ulong Flags { get; set; }

    /// <summary>Hypercalls under way: of a multicall and its member there are two.</summary>
    public int Depth { get; set; }

    /// <summary>Numbers of the outermost hypercall, and of the one at hand.</summary>
    public ulong Outermost { get; set; }

    /// <summary>What the model answers to the hypercall at hand; null where it has no say.</summary>
    public long? Expected { get; set; }

    /// <summary>The frames of a table that the hypercall at hand asks for.</summary>
    public ulong[] Frames { get; set; } = [];

    /// <summary>Where the kernel's stack is: its selector, which a 32-bit guest gives.</summary>
    public ushort KernelStackSelector { get; set; }

    /// <summary>The I/O permission bitmap that the guest's kernel gave: its address, and how many ports it covers.</summary>
    public (ulong Linear, uint Ports) Bitmap { get; set; }

    /// <summary>Frames of the GDT and, behind them, of the LDT: of the one the guest's part, of the other the pages that were used.</summary>
    public ulong[] Descriptors { get; } = new ulong[Bridge.Segments.Positions / Abi.DescriptorsPerPage];

    /// <summary>The processor faulted as it looked for a descriptor in the LDT.</summary>
    public bool IsTableFault { get; set; }

    /// <summary>Addresses of the breakpoints.</summary>
    public ulong[] Debug { get; } = new ulong[4];

    /// <summary>Bases: of FS, of GS, and of GS in the other mode.</summary>
    public ulong[] Bases { get; } = new ulong[3];

    public ReadOnlySpan<byte> Code => _code.AsSpan(0, _codeLength);

    public ulong this[Gpr register] => _general[(int)register];

    public ushort Selector(SegmentRegister register) => _selectors[(int)register];

    public void SetSelector(SegmentRegister register, ushort selector) => _selectors[(int)register] = selector;

    /// <summary>The code selector that was registered with a handler.</summary>
    public ushort HandlerCode(int entry) => _handlerCode[entry];

    public void SetHandlerCode(int entry, ushort selector) => _handlerCode[entry] = selector;

    /// <summary>A new way begins.</summary>
    public void Begin(Vcpu vcpu)
    {
        (Owed, Entry, ErrorCode) = (Owed.Nothing, 0, null);
        (IsFast, IsContextNew, IsStoreEmulated, Depth) = (false, false, false, 0);
        IsTableFault = false;
        (_codeLength, VirtualFlags) = (0, null);
        Flags = vcpu.Cpu.Rflags;
        for (int i = 0; i < Registers; i++) _general[i] = vcpu.Cpu[(Gpr)i];
    }

    /// <summary>Reads the instruction that the processor refused, before anything can change it.</summary>
    public void ReadCode(Vcpu vcpu, ulong linear)
    {
        const int page = 4096;

        int onPage = Math.Min(EmulatedInstruction.Longest, page - (int)(linear & (page - 1)));
        if (!vcpu.TryRead(linear, _code.AsSpan(0, onPage))) return;
        _codeLength = onPage;
        if (onPage < _code.Length && vcpu.TryRead(linear + (ulong)onPage, _code.AsSpan(onPage))) _codeLength = _code.Length;
    }
}
