using Iced.Intel;

namespace Implementation.Tests.Oracle;

/// <summary>What far JMP and CALL read from memory: an offset, then a selector.</summary>
internal static class FarPointer
{
    internal static bool IsFollowedBy(in Instruction instruction) => instruction.IsJmpFarIndirect || instruction.IsCallFarIndirect;

    internal static bool IsImmediateIn(in Instruction instruction) => instruction.IsJmpFar || instruction.IsCallFar;

    /// <summary>A pointer that usually leads on in the same mode.</summary>
    /// <param name="dice">the case's</param>
    /// <param name="bits">of the mode</param>
    /// <param name="value">as many bytes as the operand has</param>
    internal static void Draw(ref Dice dice, int bits, Span<byte> value)
    {
        dice.Fill(value);
        if (bits != 64 && dice.Chance(50)) BitConverter.TryWriteBytes(value, (ushort)dice.Below(0x2000));
        if (bits != 64 && value.Length == 6 && dice.Chance(50)) value[2..4].Clear();
        BitConverter.TryWriteBytes(value[^2..], Selectors.DrawCode(ref dice, bits));
    }
}
