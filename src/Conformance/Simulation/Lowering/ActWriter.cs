using System.Collections.Immutable;
using Conformance.Campaigns;
using Conformance.Scripts;
using Iced.Intel;
using Implementation.Hypervisor;

namespace Conformance.Simulation.Lowering;

/// <summary>Writes the code of acts. What an act names is looked up in the program's tables when the act is carried out.</summary>
internal abstract class ActWriter(Assembler code, ProgramPages pages)
{
    /// <summary>Bytes of a buffer up to which they are cleared one by one.</summary>
    private const int FewBytes = 128;

    protected Assembler Code => code;

    protected ProgramPages Pages => pages;

    /// <summary>The writer for the kind of code that the program is.</summary>
    public static ActWriter Of(Assembler code, ProgramPages pages) =>
        pages.Mode == DomainKind.Pv32Pae ? new NarrowActWriter(code, pages) : new WideActWriter(code, pages);

    /// <summary>Appends an act, which leaves how it came out in a record; a trap leaves it at its end.</summary>
    /// <param name="recipe">of a hypercall</param>
    /// <param name="record">its linear address</param>
    public void Write(Act act, Recipe? recipe, ulong record)
    {
        Begin(record);
        switch (act.Row.Means)
        {
            case Means.Hypercall: WriteCall(recipe!); break;
            case Means.Read: WriteRead(act[0]); break;
            case Means.Write: WriteWrite(act[0], act[1]); break;
            case Means.Instruction: WriteInstruction(Instructions.Of(IndexOf(act))); break;
            case Means.Interrupt: Raw([0xcd, (byte)act[0].Bits]); break;
            case Means.EnterUser: WriteEnterUser(); break;
            case Means.EnterKernel: WriteEnterKernel(); break;
            case Means.Return: WriteReturn(ReturnFrame.Of(act, pages.Mode)); break;
        }

        End(record, act.Row.Means == Means.Hypercall ? StepKind.Answered : StepKind.Done);
    }

    /// <summary>Which row of <see cref="Instructions"/> an act executes.</summary>
    public static int IndexOf(Act act) => (int)(act[0].Bits % (ulong)Instructions.Count);

    protected abstract void Begin(ulong record);

    /// <summary>Leaves the accumulator in the record.</summary>
    protected abstract void End(ulong record, StepKind kind);

    protected abstract void WriteRead(Operand address);

    protected abstract void WriteWrite(Operand address, Operand value);

    /// <summary>What it needs is in the registers, and zero in the others; the flags are left as the act found them.</summary>
    protected abstract void WriteInstruction(InstructionRow row);

    protected void Raw(byte[] bytes) => code.db(bytes);

    protected abstract void WriteEnterUser();

    protected abstract void WriteEnterKernel();

    protected abstract void WriteReturn(ReturnFrame frame);

    protected abstract void WriteHypercall(ImmutableArray<Operand> registers);

    /// <summary>Clears eight bytes.</summary>
    protected abstract void ClearWord(ulong at);

    /// <param name="words">of eight bytes</param>
    protected abstract void ClearAll(ulong at, int words);

    /// <summary>Stores the low bytes of what an operand stands for.</summary>
    protected abstract void Store(ulong at, int bytes, Operand value);

    private void WriteCall(Recipe recipe)
    {
        Clear(recipe);
        foreach (Field field in recipe.Fields) Store(pages.Buffer + field.Offset, field.Bytes, field.Value);
        WriteHypercall(recipe.Registers);
    }

    /// <summary>The buffer is zero but for the fields; what a field of eight bytes fills need not be cleared before.</summary>
    private void Clear(Recipe recipe)
    {
        if (recipe.Length <= FewBytes)
        {
            for (int at = 0; at < recipe.Length; at += sizeof(ulong))
            {
                if (!IsFilled(recipe, at)) ClearWord(pages.Buffer + (ulong)at);
            }

            return;
        }

        ClearAll(pages.Buffer, (recipe.Length + sizeof(ulong) - 1) / sizeof(ulong));
    }

    private static bool IsFilled(Recipe recipe, int at)
    {
        foreach (Field field in recipe.Fields)
        {
            if (field.Offset == at && field.Bytes == sizeof(ulong)) return true;
        }

        return false;
    }
}
