using System.Collections.Immutable;
using Conformance.Campaigns;
using Conformance.Scripts;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Conformance.Simulation.Lowering;

/// <summary>Acts as 64-bit Code.</summary>
internal sealed class WideActWriter(Assembler code, ProgramPages pages) : ActWriter(code, pages)
{
    /// <summary>The registers of a hypercall, as <see cref="Recipe.Registers"/> orders them.</summary>
    private static readonly AssemblerRegister64[] Arguments = [rax, rdi, rsi, rdx, r10, r8];

    private static readonly AssemblerRegister32[] AllButStack = [eax, ebx, ecx, edx, esi, edi, ebp, r8d, r9d, r10d, r11d, r12d, r13d, r14d, r15d];

    protected override void Begin(ulong record) => Code.mov(__qword_ptr[Pages.Current], (int)record);

    protected override void End(ulong record, StepKind kind)
    {
        Code.mov(__qword_ptr[record + ProgramPages.Value], rax);
        Code.mov(__dword_ptr[record + ProgramPages.Kind], (int)kind);
    }

    protected override void WriteRead(Operand address)
    {
        Load(rdi, address);
        Code.mov(rax, __[rdi]);
    }

    protected override void WriteWrite(Operand address, Operand value)
    {
        Load(rdi, address);
        Load(rsi, value);
        Code.mov(__[rdi], rsi);
        Code.xor(eax, eax);
    }

    protected override void WriteInstruction(InstructionRow row)
    {
        foreach (AssemblerRegister32 register in AllButStack) Code.mov(register, 0);
        Load(rdi, row.Rdi);
        Load(rdx, row.Rdx);
        Load(rcx, row.Rcx);
        Load(rax, row.Rax);
        Raw([.. row.Bytes]);
        if (row.ReadsClock) Code.mov(eax, 0);
    }

    protected override void WriteEnterUser()
    {
        Label user = Code.CreateLabel();
        Code.lea(rax, __[user]);
        WideHandlerWriter.ReturnToUser(Code, Pages);
        Code.Label(ref user);
    }

    protected override void WriteEnterKernel()
    {
        Code.syscall();
        Code.xor(eax, eax);
    }

    protected override void WriteReturn(ReturnFrame frame)
    {
        Label after = Code.CreateLabel();
        Code.mov(rsp, (long)Pages.KernelStack);
        foreach (ulong word in WideHandlerWriter.WordsOf(frame, Pages, 0).AsEnumerable().Reverse())
        {
            Code.mov(rax, word);
            Code.push(rax);
        }

        if (frame.Place == ReturnPlace.After)
        {
            Code.lea(rax, __[after]);
            Code.mov(__[rsp + WideHandlerWriter.RipInFrame], rax);
        }

        Code.mov(eax, HandlerWriter.Iret);
        Code.syscall();
        Code.ud2();
        Code.Label(ref after);
    }

    protected override void WriteHypercall(ImmutableArray<Operand> registers)
    {
        for (int i = Arguments.Length - 1; i >= 0; i--) Load(Arguments[i], registers[i]);
        Code.syscall();
    }

    protected override void ClearWord(ulong at) => Code.mov(__qword_ptr[at], 0);

    protected override void ClearAll(ulong at, int words)
    {
        Code.mov(rdi, (long)at);
        Code.mov(ecx, words);
        Code.xor(eax, eax);
        Code.rep.stosq();
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
            case 8: Code.mov(__qword_ptr[at], rax); break;
            case 4: Code.mov(__dword_ptr[at], eax); break;
            case 2: Code.mov(__word_ptr[at], ax); break;
            default: Code.mov(__byte_ptr[at], al); break;
        }
    }

    private void StoreNumber(ulong at, int bytes, int number)
    {
        switch (bytes)
        {
            case 8: Code.mov(__qword_ptr[at], number); break;
            case 4: Code.mov(__dword_ptr[at], number); break;
            case 2: Code.mov(__word_ptr[at], (short)number); break;
            default: Code.mov(__byte_ptr[at], (sbyte)number); break;
        }
    }

    /// <summary>Leaves in a register what an operand stands for. RAX, RCX and R9 may be lost.</summary>
    private void Load(AssemblerRegister64 to, Operand operand)
    {
        switch (operand.Kind)
        {
            case Reference.Frame:
                Code.mov(to, __qword_ptr[Pages.Frame(operand.Domain, operand.Index)]);
                break;

            case Reference.Machine:
                Code.mov(to, __qword_ptr[Pages.Frame(operand.Domain, operand.Index)]);
                Code.shl(to, ProgramPages.PageShift);
                if (operand.Bits == 0) break;
                if (!IsSigned32(operand.Bits)) Code.mov(rcx, operand.Bits);
                if (IsSigned32(operand.Bits)) Code.add(to, (int)operand.Bits);
                else Code.add(to, rcx);
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
        if (IsSigned32(number)) Code.mov(to, (long)number);
        else Code.mov(to, number);
    }

    /// <summary>The n-th port of a domain, counted over again; 0 if it has none.</summary>
    private void LoadPort(AssemblerRegister64 to, Operand operand)
    {
        ulong ports = Pages.Ports(operand.Domain);
        Label none = Code.CreateLabel();
        Code.mov(r9, rdx);
        Code.xor(eax, eax);
        Code.mov(ecx, __dword_ptr[ports]);
        Code.test(ecx, ecx);
        Code.je(none);
        Code.mov(eax, operand.Index);
        Code.xor(edx, edx);
        Code.div(ecx);
        Code.mov(eax, __dword_ptr[(rdx * sizeof(uint)) + (int)(ports + sizeof(ulong))]);
        Code.Label(ref none);
        Code.mov(rdx, r9);
        Code.mov(to, rax);
    }

    private static bool IsSigned32(ulong number) => (ulong)(int)number == number;
}
