using System.Collections.Immutable;
using Conformance.Campaigns;
using Conformance.Scripts;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Conformance.Simulation.Lowering;

/// <summary>Acts as code of ring 1 and ring 3 of a 32-bit domain.</summary>
internal sealed class NarrowActWriter(Assembler code, ProgramPages pages) : ActWriter(code, pages)
{
    /// <summary>The registers of a hypercall, as <see cref="Recipe.Registers"/> orders them.</summary>
    private static readonly AssemblerRegister32[] Arguments = [eax, ebx, ecx, edx, esi, edi];

    private static readonly AssemblerRegister32[] AllButStack = [eax, ebx, ecx, edx, esi, edi, ebp];

    protected override void Begin(ulong record) => Code.mov(__dword_ptr[Pages.Current], (uint)record);

    protected override void End(ulong record, StepKind kind)
    {
        Code.cdq();
        Code.mov(__dword_ptr[record + ProgramPages.Value], eax);
        Code.mov(__dword_ptr[record + ProgramPages.Value + sizeof(uint)], edx);
        Code.mov(__dword_ptr[record + ProgramPages.Kind], (int)kind);
    }

    protected override void WriteRead(Operand address)
    {
        Load(edi, address);
        Code.mov(eax, __[edi]);
    }

    protected override void WriteWrite(Operand address, Operand value)
    {
        Load(edi, address);
        Load(esi, value);
        Code.mov(__[edi], esi);
        Code.xor(eax, eax);
    }

    protected override void WriteInstruction(InstructionRow row)
    {
        foreach (AssemblerRegister32 register in AllButStack) Code.mov(register, 0);
        Load(edi, row.Rdi);
        Load(edx, row.Rdx);
        Load(ecx, row.Rcx);
        Load(eax, row.Rax);
        Raw([.. row.Bytes]);
        if (row.ReadsClock) Code.mov(eax, 0);
    }

    protected override void WriteEnterUser() => WriteReturning(() => NarrowHandlerWriter.ReturnToUser(Code, Pages));

    protected override void WriteEnterKernel()
    {
        Raw([0xcd, NarrowHandlerWriter.SystemCall]);
        Code.xor(eax, eax);
    }

    protected override void WriteReturn(ReturnFrame frame) => WriteReturning(() =>
    {
        uint[] words = NarrowHandlerWriter.WordsOf(frame, Pages);
        Code.mov(esp, (uint)Pages.KernelStack);
        for (int i = words.Length - 1; i >= 0; i--)
        {
            if (i == 1 && frame.Place == ReturnPlace.After) Code.push(eax);
            else Code.push(words[i]);
        }

        Code.mov(eax, HandlerWriter.Iret);
        NarrowHandlerWriter.Hypercall(Code);
        Code.ud2();
    });

    protected override void WriteHypercall(ImmutableArray<Operand> registers)
    {
        for (int i = Arguments.Length - 1; i >= 0; i--) Load(Arguments[i], registers[i]);
        NarrowHandlerWriter.Hypercall(Code);
    }

    protected override void ClearWord(ulong at)
    {
        Code.mov(__dword_ptr[at], 0);
        Code.mov(__dword_ptr[at + sizeof(uint)], 0);
    }

    protected override void ClearAll(ulong at, int words)
    {
        Code.mov(edi, (uint)at);
        Code.mov(ecx, 2 * words);
        Code.xor(eax, eax);
        Code.rep.stosd();
    }

    protected override void Store(ulong at, int bytes, Operand value)
    {
        Load(eax, value);
        switch (bytes)
        {
            case 8:
                Code.mov(__dword_ptr[at], eax);
                Code.mov(__dword_ptr[at + sizeof(uint)], (uint)value.High.Bits);
                break;

            case 4: Code.mov(__dword_ptr[at], eax); break;
            case 2: Code.mov(__word_ptr[at], ax); break;
            default: Code.mov(__byte_ptr[at], al); break;
        }
    }

    /// <summary>Code that goes away, with the address of what comes behind it in EAX.</summary>
    private void WriteReturning(Action away)
    {
        Label start = Code.CreateLabel(), leave = Code.CreateLabel();
        Code.jmp(start);
        Code.Label(ref leave);
        Code.pop(eax);
        away();
        Code.Label(ref start);
        Code.call(leave);
    }

    /// <summary>Leaves in a register what an operand stands for, or the lower half of it. EAX may be lost.</summary>
    private void Load(AssemblerRegister32 to, Operand operand)
    {
        switch (operand.Kind)
        {
            case Reference.Frame:
                Code.mov(to, __dword_ptr[Pages.Frame(operand.Domain, operand.Index)]);
                break;

            case Reference.Machine:
                Code.mov(to, __dword_ptr[Pages.Frame(operand.Domain, operand.Index)]);
                Code.shl(to, ProgramPages.PageShift);
                Code.add(to, (uint)operand.Bits);
                break;

            case Reference.Port:
                LoadPort(to, operand);
                break;

            case Reference.Buffer:
                Code.mov(to, (uint)(Pages.Buffer + operand.Bits));
                break;

            case Reference.Domain:
                Code.mov(to, Pages.Place(operand.Domain) + 1);
                break;

            default:
                Code.mov(to, (uint)operand.Bits);
                break;
        }
    }

    /// <summary>The n-th port of a domain, counted over again; 0 if it has none.</summary>
    private void LoadPort(AssemblerRegister32 to, Operand operand)
    {
        ulong ports = Pages.Ports(operand.Domain);
        Label none = Code.CreateLabel();
        Code.push(ecx);
        Code.push(edx);
        Code.xor(eax, eax);
        Code.mov(ecx, __dword_ptr[ports]);
        Code.test(ecx, ecx);
        Code.je(none);
        Code.mov(eax, (uint)operand.Index);
        Code.xor(edx, edx);
        Code.div(ecx);
        Code.mov(eax, __dword_ptr[(edx * sizeof(uint)) + (long)(ports + sizeof(ulong))]);
        Code.Label(ref none);
        Code.pop(edx);
        Code.pop(ecx);
        Code.mov(to, eax);
    }
}
