using Iced.Intel;

namespace Conformance.Simulation.Lowering;

/// <summary>Writes what Xen enters a program by, and what tells Xen of it.</summary>
/// <remarks>A handler writes vector and error code into the record of the act at hand and goes on after it, in the mode that was interrupted.</remarks>
/// <param name="wordBytes">of an address</param>
/// <param name="kernelCode">selector of the handlers' code</param>
internal abstract class HandlerWriter(Assembler code, ProgramPages pages, int wordBytes, ushort kernelCode)
{
    // xen/include/public/xen.h
    public const int Iret = 23;
    protected const int SetTrapTable = 0, StackSwitch = 3, CallbackOp = 30;

    // xen/include/public/callback.h
    protected const ushort EventCallback = 0, FailsafeCallback = 1, SyscallCallback = 2;

    /// <summary>A mark in the place of a vector: a context that Xen could not go on with.</summary>
    protected const int Failsafe = Stubs.Vectors;

    protected const int PageFault = 14, ReservedFlag = 1 << 1, InterruptFlag = 1 << 9;

    /// <summary>The vectors for which the processor pushes an error code (SDM Vol. 3A, table 6-1): 8, 10-14, 17.</summary>
    private const uint HaveErrorCode = (1 << 8) | (0x1f << 10) | (1 << 17);

    private readonly EntryTables _tables = new(wordBytes, kernelCode);

    public Label Event { get; protected init; }

    /// <summary>Makes all of them known to Xen, for the vCPU that runs it.</summary>
    public Label Registration { get; protected init; }

    protected Assembler Code => code;

    protected ProgramPages Pages => pages;

    /// <summary>By vector.</summary>
    protected Label[] Handlers { get; init; } = [];

    protected (ushort Type, Label Entry)[] Entries { get; init; } = [];

    protected int CallbackBytes => _tables.CallbackBytes;

    /// <summary>An exception with that vector leaves an error code.</summary>
    public static bool HasErrorCode(int vector) => vector < 32 && (HaveErrorCode >> vector & 1) != 0;

    /// <summary>The virtual IDT.</summary>
    public byte[] TrapTable(Func<Label, ulong> at) => _tables.Traps(Handlers, at);

    /// <summary>What callback_op is told.</summary>
    public byte[] Callbacks(Func<Label, ulong> at) => _tables.Callbacks(Entries, at);
}
