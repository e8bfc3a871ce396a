using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;
using InstructionTable = Conformance.Scripts.Instructions;

namespace Conformance.Simulation.Lowering;

/// <summary>Writes the gates: an instruction each, with its operands in registers, and a jump to the INT3 at which the vCPU is stopped.</summary>
internal sealed class GateWriter
{
    private readonly Assembler _code;

    public GateWriter(Assembler code, ProgramPages pages)
    {
        _code = code;
        code.ud2(); // ProgramPages.Undefined
        Marker = code.CreateLabel();
        Read = code.Here();
        code.mov(rax, __[rdi]);
        code.jmp(Marker);
        Write = code.Here();
        code.mov(__[rdi], rsi);
        code.jmp(Marker);
        EnterUser = code.Here();
        code.lea(rax, __[Marker]);
        WideHandlerWriter.ReturnToUser(code, pages);
        EnterKernel = code.Here();
        code.syscall();
        code.jmp(Marker);
        Return = code.Here();
        code.mov(rsp, (long)pages.ReturnFrame);
        code.mov(eax, HandlerWriter.Iret);
        code.syscall();
        // As in a script there is an instruction between, which is another place to stop at while TF is set.
        Returned = code.Here();
        code.nop();
        code.jmp(Marker);
        Instructions = [.. InstructionTable.All.Select(row => Raw([.. row.Bytes]))];
        Interrupts = [.. Enumerable.Range(0, Stubs.Vectors).Select(vector => Raw([0xcd, (byte)vector]))];

        Label marker = Marker;
        code.Label(ref marker);
        code.int3();
        Marker = marker;
    }

    public Label Marker { get; }

    public Label Read { get; }

    public Label Write { get; }

    public Label EnterUser { get; }

    public Label EnterKernel { get; }

    public Label Return { get; }

    public Label Returned { get; }

    public Label[] Instructions { get; }

    public Label[] Interrupts { get; }

    private Label Raw(byte[] bytes)
    {
        Label label = _code.Here();
        _code.db(bytes);
        _code.jmp(Marker);
        return label;
    }
}
