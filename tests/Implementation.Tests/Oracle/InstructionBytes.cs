using System.Buffers;
using Iced.Intel;

namespace Implementation.Tests.Oracle;

/// <summary>Draws the bytes of an encoding: prefixes legal and illegal, opcode, ModRM, and whatever follows.</summary>
internal static class InstructionBytes
{
    private static readonly SearchValues<byte> _legacyPrefixes = SearchValues.Create(
        [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3]);

    private static readonly SearchValues<byte> _prefixes = SearchValues.Create(
        [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3, .. Enumerable.Range(0x40, 16).Select(rex => (byte)rex)]);

    private static readonly byte[] _segmentPrefixes = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x64, 0x65];

    internal static byte[] Draw(ref Dice dice, InstructionForms forms)
    {
        byte[] bytes = new byte[OracleCase.MaxBytes];
        dice.Fill(bytes);
        if (dice.Chance(4)) return bytes;

        OpCodeInfo encoding = forms.Encodings[dice.Below(forms.Encodings.Count)];
        int length = 0;
        DrawPrefixes(ref dice, encoding, forms.Bits, bytes, ref length);
        if (forms.Bits == 64) DrawRex(ref dice, encoding, bytes, ref length);

        foreach (byte b in OpcodeBytes(encoding)) bytes[length++] = b;
        if (InstructionForms.HasOpcodeRegister(encoding)) bytes[length - 1] |= (byte)dice.Below(8);
        if (length < OracleCase.MaxBytes) bytes[length] = DrawModRm(ref dice, encoding, bytes[length]);
        return bytes;
    }

    /// <summary>The prefixes at the start of an instruction: REX is one in 64-bit code only.</summary>
    internal static ReadOnlySpan<byte> Prefixes(ReadOnlySpan<byte> bytes, int bits)
    {
        int length = bytes.IndexOfAnyExcept(bits == 64 ? _prefixes : _legacyPrefixes);
        return length < 0 ? bytes : bytes[..length];
    }

    private static void DrawPrefixes(ref Dice dice, OpCodeInfo encoding, int bits, byte[] bytes, ref int length)
    {
        bool repeats = encoding.CanUseRepPrefix || encoding.CanUseRepnePrefix;
        if (dice.Chance(12)) bytes[length++] = dice.Pick<byte>(_segmentPrefixes);
        if (dice.Chance(6)) bytes[length++] = 0x67;
        if (dice.Chance(encoding.CanUseLockPrefix ? 25 : 2)) bytes[length++] = 0xf0;
        if (encoding.MandatoryPrefix is MandatoryPrefix.None or MandatoryPrefix.PNP && dice.Chance(repeats ? 50 : 3))
            bytes[length++] = dice.Chance(50) ? (byte)0xf2 : (byte)0xf3;
        bool otherSize = encoding.OperandSize == (bits == 16 ? 32 : 16);
        if (otherSize || encoding.MandatoryPrefix == MandatoryPrefix.P66 || dice.Chance(3)) bytes[length++] = 0x66;
        if (dice.Chance(2)) bytes[length++] = dice.Pick<byte>(_segmentPrefixes);
        if (encoding.MandatoryPrefix == MandatoryPrefix.PF3) bytes[length++] = 0xf3;
        if (encoding.MandatoryPrefix == MandatoryPrefix.PF2) bytes[length++] = 0xf2;
    }

    private static void DrawRex(ref Dice dice, OpCodeInfo encoding, byte[] bytes, ref int length)
    {
        bool wide = encoding.W != 0 || (encoding.OperandSize == 64 && encoding.DefaultOpSize64 is false) || dice.Chance(4);
        if (wide || dice.Chance(45)) bytes[length++] = (byte)(0x40 | (wide ? 8 : 0) | dice.Below(8));
    }

    private static byte[] OpcodeBytes(OpCodeInfo encoding)
    {
        byte[] opcode = encoding.OpCodeLength == 2
            ? [(byte)(encoding.OpCode >> 8), (byte)encoding.OpCode]
            : [(byte)encoding.OpCode];
        return encoding.Table switch
        {
            OpCodeTableKind.T0F => [0x0f, .. opcode],
            OpCodeTableKind.T0F38 => [0x0f, 0x38, .. opcode],
            OpCodeTableKind.T0F3A => [0x0f, 0x3a, .. opcode],
            _ => opcode,
        };
    }

    /// <summary>The byte after the opcode: a ModRM byte that fits the encoding, or what was drawn if there is none.</summary>
    private static byte DrawModRm(ref Dice dice, OpCodeInfo encoding, byte drawn)
    {
        int mode = dice.Chance(35) ? 3 : dice.Below(3);
        if (encoding.IsGroup) return (byte)((mode << 6) | (encoding.GroupIndex << 3) | dice.Below(8));
        return encoding.OpCount == 0 ? drawn : (byte)((mode << 6) | dice.Below(64));
    }
}
