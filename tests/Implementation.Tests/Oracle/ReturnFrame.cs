using Iced.Intel;

namespace Implementation.Tests.Oracle;

/// <summary>What IRET and far RET pop: words of the operand size, on the stack of a case.</summary>
internal static class ReturnFrame
{
    internal static bool IsPoppedBy(in Instruction instruction) =>
        instruction.Mnemonic is Mnemonic.Iret or Mnemonic.Iretd or Mnemonic.Iretq or Mnemonic.Retf;

    /// <summary>Puts a frame at the stack pointer: usually one that leads back to user mode.</summary>
    /// <param name="dice">the case's</param>
    /// <param name="instruction">what pops the frame</param>
    /// <param name="stack">linear address of the frame</param>
    /// <param name="bits">of the mode it is popped in</param>
    /// <param name="patches">takes the words</param>
    internal static void Patch(ref Dice dice, in Instruction instruction, ulong stack, int bits, List<(int, byte[])> patches)
    {
        int size = WordBytes(instruction);
        bool isNear = bits != 64 && dice.Chance(50);
        ulong[] words =
        [
            isNear ? (ulong)dice.Below(0x2000) : dice.Chance(80) ? OracleMemory.Data.Linear : dice.Value(),
            Selectors.DrawCode(ref dice, bits),
            dice.Value(),
            dice.Value(),
            dice.Chance(80) ? Selectors.UserData : Selectors.Draw(ref dice),
        ];

        for (int i = 0; i < (instruction.Mnemonic == Mnemonic.Retf ? 2 : words.Length); i++)
        {
            int offset = OracleMemory.ImageOffset(stack + (ulong)(i * size));
            if (offset >= 0 && offset + size <= OracleMemory.ImageBytes)
                patches.Add((offset, BitConverter.GetBytes(words[i])[..size]));
        }
    }

    private static int WordBytes(in Instruction instruction) => instruction.Code switch
    {
        Code.Iretq or Code.Retfq or Code.Retfq_imm16 => 8,
        Code.Iretd or Code.Retfd or Code.Retfd_imm16 => 4,
        _ => 2,
    };
}
