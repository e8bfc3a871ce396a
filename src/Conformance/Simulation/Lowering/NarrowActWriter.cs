using System.Collections.Immutable;
using Conformance.Campaigns;
using Conformance.Scripts;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Conformance.Simulation.Lowering;

/// <summary>Acts as code of ring 1 and ring 3 of a 32-bit domain.</summary>
internal sealed class NarrowActWriter(Assembler code, ProgramPages pages) : ActWriter(pages)
{
    private const int Iret = 23;

    /// <summary>The registers of a hypercall, as <see cref="Recipe.Registers"/> orders them.</summary>
    private static readonly AssemblerRegister32[] Arguments = [eax, ebx, ecx, edx, esi, edi];

    private static readonly AssemblerRegister32[] AllButStack = [eax, ebx, ecx, edx, esi, edi, ebp];

    protected override void Begin(ulong record) => code.mov(__dword_ptr[Pages.Current], (uint)record);

    protected override void End(ulong record, StepKind kind)
    {
        code.cdq();
        code.mov(__dword_ptr[record + ProgramPages.Value], eax);
        code.mov(__dword_ptr[record + ProgramPages.Value + sizeof(uint)], edx);
        code.mov(__dword_ptr[record + ProgramPages.Kind], (int)kind);
    }

    protected override void WriteRead(Operand address)
    {
        Load(edi, address);
        code.mov(eax, __[edi]);
    }

    protected override void WriteWrite(Operand address, Operand value)
    {
        Load(edi, address);
        Load(esi, value);
        code.mov(__[edi], esi);
        code.xor(eax, eax);
    }

    protected override void WriteInstruction(InstructionRow row)
    {
        foreach (AssemblerRegister32 register in AllButStack) code.mov(register, 0);
        Load(edi, row.Rdi);
        Load(edx, row.Rdx);
        Load(ecx, row.Rcx);
        Load(eax, row.Rax);
        Raw([.. row.Bytes]);
        if (row.ReadsClock) code.mov(eax, 0);
    }

    protected override void Raw(byte[] bytes) => code.db(bytes);

    protected override void WriteEnterUser() => WriteReturning(() => NarrowHandlerWriter.ReturnToUser(code, Pages));

    protected override void WriteEnterKernel()
    {
        Raw([0xcd, NarrowHandlerWriter.SystemCall]);
        code.xor(eax, eax);
    }

    protected override void WriteReturn(ReturnFrame frame) => WriteReturning(() =>
    {
        uint[] words = NarrowHandlerWriter.WordsOf(frame, Pages);
        code.mov(esp, (uint)Pages.KernelStack);
        for (int i = words.Length - 1; i >= 0; i--)
        {
            if (i == 1 && frame.Place == ReturnPlace.After) code.push(eax);
            else code.push(words[i]);
        }

        code.mov(eax, Iret);
        NarrowHandlerWriter.Hypercall(code);
        code.ud2();
    });

    protected override void WriteHypercall(ImmutableArray<Operand> registers)
    {
        for (int i = Arguments.Length - 1; i >= 0; i--) Load(Arguments[i], registers[i]);
        NarrowHandlerWriter.Hypercall(code);
    }

    protected override void ClearWord(ulong at)
    {
        code.mov(__dword_ptr[at], 0);
        code.mov(__dword_ptr[at + sizeof(uint)], 0);
    }

    protected override void ClearAll(ulong at, int words)
    {
        code.mov(edi, (uint)at);
        code.mov(ecx, 2 * words);
        code.xor(eax, eax);
        code.rep.stosd();
    }

    protected override void Store(ulong at, int bytes, Operand value)
    {
        Load(eax, value);
        switch (bytes)
        {
            case 8:
                code.mov(__dword_ptr[at], eax);
                code.mov(__dword_ptr[at + sizeof(uint)], (uint)value.High.Bits);
                break;

            case 4: code.mov(__dword_ptr[at], eax); break;
            case 2: code.mov(__word_ptr[at], ax); break;
            default: code.mov(__byte_ptr[at], al); break;
        }
    }

    /// <summary>Code that goes away, with the address of what comes behind it in EAX.</summary>
    private void WriteReturning(Action away)
    {
        Label start = code.CreateLabel(), leave = code.CreateLabel();
        code.jmp(start);
        code.Label(ref leave);
        code.pop(eax);
        away();
        code.Label(ref start);
        code.call(leave);
    }

    /// <summary>Leaves in a register what an operand stands for, or the lower half of it. EAX may be lost.</summary>
    private void Load(AssemblerRegister32 to, Operand operand)
    {
        switch (operand.Kind)
        {
            case Reference.Frame:
                code.mov(to, __dword_ptr[Pages.Frame(operand.Domain, operand.Index)]);
                break;

            case Reference.Machine:
                code.mov(to, __dword_ptr[Pages.Frame(operand.Domain, operand.Index)]);
                code.shl(to, ProgramPages.PageShift);
                code.add(to, (uint)operand.Bits);
                break;

            case Reference.Port:
                LoadPort(to, operand);
                break;

            case Reference.Buffer:
                code.mov(to, (uint)(Pages.Buffer + operand.Bits));
                break;

            case Reference.Domain:
                code.mov(to, Pages.Place(operand.Domain) + 1);
                break;

            default:
                code.mov(to, (uint)operand.Bits);
                break;
        }
    }

    /// <summary>The n-th port of a domain, counted over again; 0 if it has none.</summary>
    private void LoadPort(AssemblerRegister32 to, Operand operand)
    {
        ulong ports = Pages.Ports(operand.Domain);
        Label none = code.CreateLabel();
        code.push(ecx);
        code.push(edx);
        code.xor(eax, eax);
        code.mov(ecx, __dword_ptr[ports]);
        code.test(ecx, ecx);
        code.je(none);
        code.mov(eax, (uint)operand.Index);
        code.xor(edx, edx);
        code.div(ecx);
        code.mov(eax, __dword_ptr[(edx * sizeof(uint)) + (long)(ports + sizeof(ulong))]);
        code.Label(ref none);
        code.pop(edx);
        code.pop(ecx);
        code.mov(to, eax);
    }
}
