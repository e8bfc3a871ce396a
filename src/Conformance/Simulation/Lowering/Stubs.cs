using System.Collections.Concurrent;
using Iced.Intel;
using Implementation.Hypervisor;

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
/// <param name="Gates">null in 32-bit programs, which play whole scripts only</param>
internal sealed record Stubs(byte[] Code, byte[] TrapTable, byte[] Callbacks, ulong Marker, ulong Registration, ulong Event, Gates? Gates)
{
    public const int Vectors = 256;

    private static readonly ConcurrentDictionary<ProgramPages, Stubs> Known = [];

    /// <summary>The stubs for a place in memory; assembled once.</summary>
    public static Stubs Of(ProgramPages pages) => Known.GetOrAdd(pages, p => p.Mode == DomainKind.Pv32Pae ? Narrow(p) : Wide(p));

    private static Stubs Wide(ProgramPages pages)
    {
        Assembler code = new(64);
        GateWriter gates = new(code, pages);
        WideHandlerWriter handlers = new(code, pages, gates.Marker);
        return Assembled(code, pages, gates.Marker, handlers, gates);
    }

    private static Stubs Narrow(ProgramPages pages)
    {
        Assembler code = new(32);
        Label marker = code.CreateLabel();
        code.ud2(); // ProgramPages.Undefined
        code.Label(ref marker);
        code.int3();
        return Assembled(code, pages, marker, new NarrowHandlerWriter(code, pages, marker), null);
    }

    private static Stubs Assembled(Assembler code, ProgramPages pages, Label marker, HandlerWriter handlers, GateWriter? gates)
    {
        MemoryStream bytes = new();
        AssemblerResult where = code.Assemble(new StreamCodeWriter(bytes), pages.Code, BlockEncoderOptions.ReturnNewInstructionOffsets);
        if (bytes.Length > ProgramPages.StubPages * ProgramPages.PageSize) throw new InvalidOperationException($"{bytes.Length} bytes of stubs are too many.");

        Func<Label, ulong> at = label => where.GetLabelRIP(label);
        return new(
            bytes.ToArray(), handlers.TrapTable(at), handlers.Callbacks(at), at(marker), at(handlers.Registration), at(handlers.Event),
            gates is null ? null : Gates.Of(gates, at));
    }
}
