using System.Collections.Concurrent;
using Iced.Intel;

namespace Conformance.Simulation.Lowering;

/// <summary>
/// Code that every program has beside its script: the handlers of all traps, and gates, through which single acts are carried out. Each
/// gate ends at <see cref="Marker"/>.
/// </summary>
/// <param name="Code">for <see cref="ProgramPages.Code"/></param>
/// <param name="TrapTable">for <see cref="ProgramPages.TrapTable"/></param>
/// <param name="Callbacks">for <see cref="ProgramPages.Callbacks"/></param>
/// <param name="Marker">linear address of an INT3. So for the others</param>
/// <param name="Registration">makes the handlers known to Xen, for each vCPU its own</param>
/// <param name="Event">the callback for events</param>
/// <param name="Read">eight bytes from [RDI] to RAX</param>
/// <param name="Write">RSI to [RDI]</param>
/// <param name="EnterUser">by the hypercall iret</param>
/// <param name="EnterKernel">by SYSCALL</param>
/// <param name="Return">by the hypercall iret, with the frame at <see cref="ProgramPages.ReturnFrame"/></param>
/// <param name="Undefined">an instruction that does not exist</param>
/// <param name="Returned">where a frame of <paramref name="Return"/> can go on</param>
/// <param name="Interrupts">INT n, by vector</param>
/// <param name="Instructions">by their numbers in scripts</param>
internal sealed record Stubs(
    byte[] Code,
    byte[] TrapTable,
    byte[] Callbacks,
    ulong Marker,
    ulong Registration,
    ulong Event,
    ulong Read,
    ulong Write,
    ulong EnterUser,
    ulong EnterKernel,
    ulong Return,
    ulong Undefined,
    ulong Returned,
    ulong[] Interrupts,
    ulong[] Instructions)
{
    public const int Vectors = 256;

    private static readonly ConcurrentDictionary<ProgramPages, Stubs> Known = [];

    /// <summary>The stubs for a place in memory; assembled once.</summary>
    public static Stubs Of(ProgramPages pages) => Known.GetOrAdd(pages, Assemble);

    private static Stubs Assemble(ProgramPages pages)
    {
        Assembler code = new(64);
        GateWriter gates = new(code, pages);
        HandlerWriter handlers = new(code, pages, gates.Marker);
        MemoryStream bytes = new();
        AssemblerResult where = code.Assemble(new StreamCodeWriter(bytes), pages.Code, BlockEncoderOptions.ReturnNewInstructionOffsets);
        if (bytes.Length > ProgramPages.StubPages * ProgramPages.PageSize) throw new InvalidOperationException($"{bytes.Length} bytes of stubs are too many.");

        return new(
            bytes.ToArray(),
            handlers.TrapTable(At),
            handlers.Callbacks(At),
            At(gates.Marker),
            At(handlers.Registration),
            At(handlers.Event),
            At(gates.Read),
            At(gates.Write),
            At(gates.EnterUser),
            At(gates.EnterKernel),
            At(gates.Return),
            At(gates.Undefined),
            At(gates.Returned),
            [.. gates.Interrupts.Select(At)],
            [.. gates.Instructions.Select(At)]);

        ulong At(Label label) => where.GetLabelRIP(label);
    }
}
