using System.Collections.Immutable;
using Conformance.Campaigns;
using Conformance.Scripts;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Conformance.Simulation.Lowering;

/// <summary>Acts as 64-bit code.</summary>
internal sealed class WideActWriter(Assembler code, ProgramPages pages) : ActWriter(pages)
{
    /// <summary>The registers of a hypercall, as <see cref="Recipe.Registers"/> orders them.</summary>
    private static readonly AssemblerRegister64[] Arguments = [rax, rdi, rsi, rdx, r10, r8];

    private static readonly AssemblerRegister32[] AllButStack = [eax, ebx, ecx, edx, esi, edi, ebp, r8d, r9d, r10d, r11d, r12d, r13d, r14d, r15d];

    protected override void Begin(ulong record) => code.mov(__qword_ptr[Pages.Current], (int)record);

    protected override void End(ulong record, StepKind kind)
    {
        code.mov(__qword_ptr[record + ProgramPages.Value], rax);
        code.mov(__dword_ptr[record + ProgramPages.Kind], (int)kind);
    }

    protected override void WriteRead(Operand address)
    {
        Load(rdi, address);
        code.mov(rax, __[rdi]);
    }

    protected override void WriteWrite(Operand address, Operand value)
    {
        Load(rdi, address);
        Load(rsi, value);
        code.mov(__[rdi], rsi);
        code.xor(eax, eax);
    }

    protected override void WriteInstruction(InstructionRow row)
    {
        foreach (AssemblerRegister32 register in AllButStack) code.mov(register, 0);
        Load(rdi, row.Rdi);
        Load(rdx, row.Rdx);
        Load(rcx, row.Rcx);
        Load(rax, row.Rax);
        Raw([.. row.Bytes]);
        if (row.ReadsClock) code.mov(eax, 0);
    }

    protected override void Raw(byte[] bytes) => code.db(bytes);

    protected override void WriteEnterUser()
    {
        Label user = code.CreateLabel();
        code.lea(rax, __[user]);
        HandlerWriter.ReturnToUser(code, Pages);
        code.Label(ref user);
    }

    protected override void WriteEnterKernel()
    {
        code.syscall();
        code.xor(eax, eax);
    }

    protected override void WriteReturn(ReturnFrame frame)
    {
        Label after = code.CreateLabel();
        code.mov(rsp, (long)Pages.KernelStack);
        foreach (ulong word in HandlerWriter.WordsOf(frame, Pages, 0).AsEnumerable().Reverse())
        {
            code.mov(rax, word);
            code.push(rax);
        }

        if (frame.Place == ReturnPlace.After)
        {
            code.lea(rax, __[after]);
            code.mov(__[rsp + HandlerWriter.RipInFrame], rax);
        }

        code.mov(eax, HandlerWriter.Iret);
        code.syscall();
        code.ud2();
        code.Label(ref after);
    }

    protected override void WriteHypercall(ImmutableArray<Operand> registers)
    {
        for (int i = Arguments.Length - 1; i >= 0; i--) Load(Arguments[i], registers[i]);
        code.syscall();
    }

    protected override void ClearWord(ulong at) => code.mov(__qword_ptr[at], 0);

    protected override void ClearAll(ulong at, int words)
    {
        code.mov(rdi, (long)at);
        code.mov(ecx, words);
        code.xor(eax, eax);
        code.rep.stosq();
    }

    protected override void Store(ulong at, int bytes, Operand value)
    {
        if (value.Kind == Reference.Number && (bytes < 8 || IsSigned32(value.Bits)))
        {
            StoreNumber(at, bytes, (int)value.Bits);
            return;
        }

        Load(rax, value);
        switch (bytes)
        {
            case 8: code.mov(__qword_ptr[at], rax); break;
            case 4: code.mov(__dword_ptr[at], eax); break;
            case 2: code.mov(__word_ptr[at], ax); break;
            default: code.mov(__byte_ptr[at], al); break;
        }
    }

    private void StoreNumber(ulong at, int bytes, int number)
    {
        switch (bytes)
        {
            case 8: code.mov(__qword_ptr[at], number); break;
            case 4: code.mov(__dword_ptr[at], number); break;
            case 2: code.mov(__word_ptr[at], (short)number); break;
            default: code.mov(__byte_ptr[at], (sbyte)number); break;
        }
    }

    /// <summary>Leaves in a register what an operand stands for. RAX, RCX and R9 may be lost.</summary>
    private void Load(AssemblerRegister64 to, Operand operand)
    {
        switch (operand.Kind)
        {
            case Reference.Frame:
                code.mov(to, __qword_ptr[Pages.Frame(operand.Domain, operand.Index)]);
                break;

            case Reference.Machine:
                code.mov(to, __qword_ptr[Pages.Frame(operand.Domain, operand.Index)]);
                code.shl(to, ProgramPages.PageShift);
                if (operand.Bits == 0) break;
                if (!IsSigned32(operand.Bits)) code.mov(rcx, operand.Bits);
                if (IsSigned32(operand.Bits)) code.add(to, (int)operand.Bits);
                else code.add(to, rcx);
                break;

            case Reference.Port:
                LoadPort(to, operand);
                break;

            case Reference.Buffer:
                LoadNumber(to, Pages.Buffer + operand.Bits);
                break;

            case Reference.Domain:
                LoadNumber(to, (ulong)Pages.Place(operand.Domain) + 1);
                break;

            default:
                LoadNumber(to, operand.Bits);
                break;
        }
    }

    private void LoadNumber(AssemblerRegister64 to, ulong number)
    {
        if (IsSigned32(number)) code.mov(to, (long)number);
        else code.mov(to, number);
    }

    /// <summary>The n-th port of a domain, counted over again; 0 if it has none.</summary>
    private void LoadPort(AssemblerRegister64 to, Operand operand)
    {
        ulong ports = Pages.Ports(operand.Domain);
        Label none = code.CreateLabel();
        code.mov(r9, rdx);
        code.xor(eax, eax);
        code.mov(ecx, __dword_ptr[ports]);
        code.test(ecx, ecx);
        code.je(none);
        code.mov(eax, operand.Index);
        code.xor(edx, edx);
        code.div(ecx);
        code.mov(eax, __dword_ptr[(rdx * sizeof(uint)) + (int)(ports + sizeof(ulong))]);
        code.Label(ref none);
        code.mov(rdx, r9);
        code.mov(to, rax);
    }

    private static bool IsSigned32(ulong number) => (ulong)(int)number == number;
}
