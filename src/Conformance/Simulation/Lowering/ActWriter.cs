using Conformance.Campaigns;
using Conformance.Scripts;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Conformance.Simulation.Lowering;

/// <summary>Writes the code of acts. What an act names is looked up in the program's tables when the act is carried out.</summary>
internal sealed class ActWriter(Assembler code, ProgramPages pages)
{
    /// <summary>Bytes of a buffer up to which they are cleared one by one.</summary>
    private const int FewBytes = 128;

    /// <summary>The registers of a hypercall, as <see cref="Recipe.Registers"/> orders them.</summary>
    private static readonly AssemblerRegister64[] Arguments = [rax, rdi, rsi, rdx, r10, r8];

    private static readonly AssemblerRegister32[] AllButStack = [eax, ebx, ecx, edx, esi, edi, ebp, r8d, r9d, r10d, r11d, r12d, r13d, r14d, r15d];

    /// <summary>Appends an act, which leaves how it came out in a record; a trap leaves it at its end.</summary>
    /// <param name="recipe">of a hypercall</param>
    /// <param name="record">its linear address</param>
    public void Write(Act act, Recipe? recipe, ulong record)
    {
        code.mov(__qword_ptr[pages.Current], (int)record);
        StepKind kind = StepKind.Done;
        switch (act.Row.Means)
        {
            case Means.Hypercall:
                WriteCall(recipe!);
                kind = StepKind.Answered;
                break;

            case Means.Read:
                Load(rdi, act[0]);
                code.mov(rax, __[rdi]);
                break;

            case Means.Write:
                Load(rdi, act[0]);
                Load(rsi, act[1]);
                code.mov(__[rdi], rsi);
                code.xor(eax, eax);
                break;

            case Means.Instruction:
                WriteInstruction(Instructions.Of(IndexOf(act)));
                break;

            case Means.Interrupt:
                code.db(0xcd, (byte)act[0].Bits);
                break;

            case Means.EnterUser:
                WriteEnterUser();
                break;

            case Means.EnterKernel:
                code.syscall();
                code.xor(eax, eax);
                break;

            case Means.Return:
                WriteReturn(ReturnFrame.Of(act));
                break;
        }

        code.mov(__qword_ptr[record + ProgramPages.Value], rax);
        code.mov(__dword_ptr[record + ProgramPages.Kind], (int)kind);
    }

    /// <summary>Which row of <see cref="Instructions"/> an act executes.</summary>
    public static int IndexOf(Act act) => (int)(act[0].Bits % (ulong)Instructions.Count);

    /// <summary>What it needs is in the registers, and zero in the others; the flags are left as the act found them.</summary>
    private void WriteInstruction(InstructionRow row)
    {
        foreach (AssemblerRegister32 register in AllButStack) code.mov(register, 0);
        Load(rdi, row.Rdi);
        Load(rdx, row.Rdx);
        Load(rcx, row.Rcx);
        Load(rax, row.Rax);
        code.db([.. row.Bytes]);
        if (row.ReadsClock) code.mov(eax, 0);
    }

    private void WriteEnterUser()
    {
        Label user = code.CreateLabel();
        code.lea(rax, __[user]);
        HandlerWriter.ReturnToUser(code, pages);
        code.Label(ref user);
    }

    private void WriteReturn(in ReturnFrame frame)
    {
        (Label undefined, Label after) = (code.CreateLabel(), code.CreateLabel());
        code.mov(rsp, (long)pages.KernelStack);
        foreach (ulong word in HandlerWriter.WordsOf(frame, pages, 0, 0).AsEnumerable().Reverse())
        {
            code.mov(rax, word);
            code.push(rax);
        }

        if (frame.Place is ReturnPlace.After or ReturnPlace.Undefined)
        {
            code.lea(rax, __[frame.Place == ReturnPlace.After ? after : undefined]);
            code.mov(__[rsp + HandlerWriter.RipInFrame], rax);
        }

        code.mov(eax, HandlerWriter.Iret);
        code.syscall();
        code.Label(ref undefined);
        code.ud2();
        code.Label(ref after);
    }

    private void WriteCall(Recipe recipe)
    {
        Clear(recipe);
        foreach (Field field in recipe.Fields) Store(field);
        for (int i = Arguments.Length - 1; i >= 0; i--) Load(Arguments[i], recipe.Registers[i]);
        code.syscall();
    }

    /// <summary>The buffer is zero but for the fields; what a field of eight bytes fills need not be cleared before.</summary>
    private void Clear(Recipe recipe)
    {
        if (recipe.Length <= FewBytes)
        {
            for (int at = 0; at < recipe.Length; at += sizeof(ulong))
            {
                if (!IsFilled(recipe, at)) code.mov(__qword_ptr[pages.Buffer + (ulong)at], 0);
            }

            return;
        }

        code.mov(rdi, (long)pages.Buffer);
        code.mov(ecx, (recipe.Length + sizeof(ulong) - 1) / sizeof(ulong));
        code.xor(eax, eax);
        code.rep.stosq();
    }

    private static bool IsFilled(Recipe recipe, int at)
    {
        foreach (Field field in recipe.Fields)
        {
            if (field.Offset == at && field.Bytes == sizeof(ulong)) return true;
        }

        return false;
    }

    private void Store(Field field)
    {
        ulong at = pages.Buffer + field.Offset;
        if (field.Value.Kind == Reference.Number && (field.Bytes < 8 || IsSigned32(field.Value.Bits)))
        {
            StoreNumber(at, field.Bytes, (int)field.Value.Bits);
            return;
        }

        Load(rax, field.Value);
        switch (field.Bytes)
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
                code.mov(to, __qword_ptr[pages.Frame(operand.Domain, operand.Index)]);
                break;

            case Reference.Machine:
                code.mov(to, __qword_ptr[pages.Frame(operand.Domain, operand.Index)]);
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
                LoadNumber(to, pages.Buffer + operand.Bits);
                break;

            case Reference.Domain:
                LoadNumber(to, (ulong)pages.Place(operand.Domain) + 1);
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
        ulong ports = pages.Ports(operand.Domain);
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
