using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>Where a memory operand lies, explicit or implied, and what is done there.</summary>
internal static class MemoryOperand
{
    /// <summary>The effective address, before the segment's base is added.</summary>
    internal static ulong Offset(in UsedMemory memory, UserState input)
    {
        ulong offset = memory.Displacement;
        if (memory.Base.IsGPR()) offset = unchecked(offset + Value(memory.Base, input));
        if (memory.Index.IsGPR()) offset = unchecked(offset + (Value(memory.Index, input) * (ulong)memory.Scale));
        return memory.AddressSize switch
        {
            CodeSize.Code16 => (ushort)offset,
            CodeSize.Code32 => (uint)offset,
            _ => offset,
        };
    }

    internal static ulong SegmentBase(Register segment, UserState input) =>
        segment.IsSegmentRegister() ? input.BaseOf((SegmentRegister)(segment - Register.ES)) : 0;

    /// <summary>Whether an access of the instruction to an address is a write, as the error code of a page fault says it.</summary>
    /// <returns>null when no operand, or more than one, lies there</returns>
    internal static bool? IsWrite(in Instruction instruction, UserState input, ulong address)
    {
        if (instruction.Mnemonic == Mnemonic.Arpl) return null; // It writes only what it changes.
        if (instruction.IsStackInstruction && input.CodeBits != 64) return null; // The instruction does not say how wide SP is.
        bool? found = null;
        foreach (UsedMemory memory in new InstructionInfoFactory().GetInfo(instruction).GetUsedMemory())
        {
            if (!memory.Segment.IsSegmentRegister()) continue;
            ulong linear = input.Linear((SegmentRegister)(memory.Segment - Register.ES), Offset(memory, input));
            if (unchecked(address - linear) >= (ulong)memory.MemorySize.GetSize()) continue;
            if (found is not null) return null;
            found = memory.Access is not (OpAccess.Read or OpAccess.CondRead);
        }

        return found;
    }

    private static ulong Value(Register register, UserState input) => input.Gprs[register.GetFullRegister() - Register.RAX];
}
