using Iced.Intel;

namespace Implementation.Tests.Oracle;

/// <summary>What far JMP and CALL read from memory: an offset, then a selector.</summary>
internal static class FarPointer
{
    internal static bool IsFollowedBy(in Instruction instruction) => instruction.IsJmpFarIndirect || instruction.IsCallFarIndirect;

    /// <summary>A pointer that usually leads on in the same mode.</summary>
    /// <param name="value">as many bytes as the operand has</param>
    internal static void Draw(ref Dice dice, Span<byte> value)
    {
        dice.Fill(value);
        ushort selector = dice.Chance(80) ? Selectors.UserCode : Selectors.Draw(ref dice);
        BitConverter.TryWriteBytes(value[^2..], selector);
    }
}
